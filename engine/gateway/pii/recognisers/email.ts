import type { Recogniser, Scan } from '../scan.ts'
import type { Detection } from '../types.ts'

const LOCAL = /[\p{L}\p{N}._%+'-]{1,64}$/u
const QUOTED = /"[^"\n]{1,62}"$/
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:\p{L}{2,24}|xn--[a-z0-9-]{2,59})/u
const BRACKETED = /^\[(?:\d{1,3}\.){3}\d{1,3}\]/
const SPACED = /([\p{L}\p{N}._%+-]{1,64}) {0,2}@ {0,2}([\p{L}\p{N}-]{1,63}) {0,2}\. {0,2}(\p{L}{2,24})$/u

/** "at" and "dot" as people write them to fool a machine, bracketed or spelled between spaces. */
const AT = String.raw`(?: {0,2}[[({<] ?(?:at|@|ät|arobase|arroba|chiocciola|apenstaartje) ?[\])}>] {0,2}| {1,2}(?:at|arobase|arroba|chiocciola) {1,2})`
const DOT = String.raw`(?: {0,2}[[({<] ?(?:dot|punkt|point|punto|ponto|punt|\.) ?[\])}>] {0,2}| {1,2}(?:dot|punkt|point|punto|ponto|punt) {1,2}|\.)`
const SPELLED_DOT = new RegExp(DOT.replace(String.raw`|\.)`, ')'), 'iu')
const OBFUSCATED = new RegExp(
  String.raw`(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}_%+-]{1,32}(?:${DOT}[\p{L}\p{N}_%+-]{1,32}){0,3}?${AT}[\p{L}\p{N}-]{1,40}(?:${DOT}[\p{L}\p{N}-]{1,40}){0,3}${DOT}\p{L}{2,12}(?![\p{L}\p{N}])`,
  'giu',
)
const SPELLED_AT =
  /[[({<] ?(?:at|@|ät|arobase|arroba|chiocciola|apenstaartje) ?[\])}>]| (?:at|arobase|arroba|chiocciola) /giu
const TOP_LEVEL =
  /(?:com|org|net|edu|gov|io|ai|co|info|biz|dev|app|eu|de|fr|es|it|nl|be|at|ch|uk|ie|us|ca|au|nz|pl|se|no|dk|fi|pt|br|mx|in|jp|cn|example|test)$/i
const REACH = 260

function* plain({ text }: Scan): Generator<Detection> {
  for (let at = text.indexOf('@'), from = 0; at !== -1; at = text.indexOf('@', at + 1)) {
    const before = text.slice(Math.max(from, at - 64), at)
    const local = (LOCAL.exec(before) ?? QUOTED.exec(before))?.[0].replace(/^[.'-]{1,64}/, '')
    const after = text.slice(at + 1, at + REACH)
    const domain = (DOMAIN.exec(after) ?? BRACKETED.exec(after))?.[0]
    if (local && domain) {
      yield { type: 'EMAIL', start: at - local.length, end: at + 1 + domain.length, score: 0.98 }
      from = at + 1 + domain.length
      continue
    }
    const spaced = SPACED.exec(
      text.slice(Math.max(from, at - 66), at + 68).replace(/(?<=\. {0,2}\p{L}{2,24})[^\p{L}][\s\S]*$/u, ''),
    )
    const end =
      spaced?.[3] && TOP_LEVEL.test(spaced[3]) ? Math.max(from, at - 66) + spaced.index + spaced[0].length : 0
    if (spaced && end > at) yield { type: 'EMAIL', start: end - spaced[0].length, end, score: 0.8 }
  }
}

/** Looks at the neighbourhood of each spelled "at" only: the whole pattern is costly. */
function* obfuscated({ text }: Scan): Generator<Detection> {
  let from = 0
  for (const anchor of text.matchAll(SPELLED_AT)) {
    if (anchor.index < from) continue
    const start = Math.max(from, anchor.index - 100)
    for (const match of text.slice(start, anchor.index + 140).matchAll(OBFUSCATED)) {
      const [found] = match
      const bracketed = /[[({<] ?(?:at|@|ät|arobase|arroba|chiocciola|apenstaartje)/i.test(found)
      if (!bracketed && !(SPELLED_DOT.test(found) && TOP_LEVEL.test(found))) continue
      yield {
        type: 'EMAIL',
        start: start + match.index,
        end: start + match.index + found.length,
        score: bracketed ? 0.92 : 0.85,
      }
      from = start + match.index + found.length
    }
  }
}

export const email: Recogniser = {
  name: 'email',
  types: ['EMAIL'],
  *find(scan) {
    yield* plain(scan)
    yield* obfuscated(scan)
  },
}
