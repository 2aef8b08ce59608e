/**
 * Job: the text as recognisers read it, and the way back. Full-width letters, digits of every script, odd spaces,
 * dashes and quotes become plain ones; what cannot be seen is left out; escapes within JSON become what they stand for.
 * Boundary: one pass over the text; nothing here knows what is looked for.
 *
 * M1 Every position of the plain text has the span of the original that it came from.
 * M2 A text without anything to change is returned as it is, without a map.
 */
export interface Normalised {
  text: string
  /** From a span of the plain text to that of the original. */
  original(start: number, end: number): [start: number, end: number]
}

const UNUSUAL =
  /[\\\u00a0\u00ad\u02bc\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u061c\u115f\u1160\u1680\u2000-\u2015\u2018\u2019\u2024\u2028-\u202f\u205f-\u206f\u2070-\u209c\u2212\u2460-\u24ff\u3000\u3164\ufb00-\ufb06\ufe50-\ufe6f\ufeff\uff01-\uff9f\ud835\udb40]|\u034f|[\ufe00-\ufe0f]|[\u17b4\u17b5]|[\u180b-\u180e]/
const INVISIBLE =
  /[\u00ad\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\u{e0000}-\u{e01ef}]|\u034f|[\ufe00-\ufe0f]|[\u17b4\u17b5]|[\u180b-\u180e]/u
const DASH = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/
const APOSTROPHE = /[\u2018\u2019\u02bc]/
const DIGIT = /^\p{Nd}$/u
const ESCAPES: Record<string, string> = { n: '\n', r: '\n', t: ' ', '"': '"', '/': '/' }

export function normalise(text: string): Normalised {
  if (!UNUSUAL.test(text)) return { text, original: (start, end) => [start, end] } // M2
  const pieces: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  for (let at = 0; at < text.length;) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80 && unit !== 0x5c) {
      pieces.push(text[at] ?? '')
      starts.push(at)
      ends.push(++at)
      continue
    }
    const [plain, length] = unit === 0x5c ? unescaped(text, at) : plainOf(text, at)
    for (let index = 0; index < plain.length; index++) {
      starts.push(at)
      ends.push(at + length)
    }
    pieces.push(plain)
    at += length
  }
  const original = (start: number, end: number): [number, number] =>
    end > start
      ? [starts[start] ?? 0, ends[end - 1] ?? text.length]
      : [starts[start] ?? text.length, starts[start] ?? text.length]
  return { text: pieces.join(''), original }
}

/** `\n`, `\"`, `\u00e9`, as JSON within a prompt has them; any other backslash is itself. */
function unescaped(text: string, at: number): [plain: string, length: number] {
  const next = text[at + 1] ?? ''
  const plain = ESCAPES[next]
  if (plain !== undefined) return [plain, 2]
  const code = next === 'u' ? text.slice(at + 2, at + 6) : ''
  if (!/^[0-9a-f]{4}$/i.test(code)) return ['\\', 1]
  return [plainOf(String.fromCharCode(Number.parseInt(code, 16)), 0)[0], 6]
}

const known = new Map<string, string>()

function plainOf(text: string, at: number): [plain: string, length: number] {
  const point = String.fromCodePoint(text.codePointAt(at) ?? 0)
  let plain = known.get(point)
  if (plain === undefined) known.set(point, (plain = asPlain(point)))
  return [plain, point.length]
}

function asPlain(point: string): string {
  if (INVISIBLE.test(point)) return ''
  if (DASH.test(point)) return '-'
  if (APOSTROPHE.test(point)) return "'"
  if (/[\u2028\u2029]/.test(point)) return '\n'
  if (/\s/.test(point)) return ' '
  if (DIGIT.test(point)) return digitOf(point)
  return UNUSUAL.test(point) ? point.normalize('NFKC') : point
}

/** Each script's ten digits lie side by side, and no two scripts touch but where compatibility forms tell them apart. */
function digitOf(point: string): string {
  const compatible = point.normalize('NFKC')
  if (/^\d$/.test(compatible)) return compatible
  const code = point.codePointAt(0) ?? 0
  let value = 0
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value++
  return String(value)
}
