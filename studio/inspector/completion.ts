import type { Reference } from './reach.ts'

/** A stretch of text that a chosen field replaces. `wrap`: it stands in plain text and needs its own braces. */
export interface Completion {
  from: number
  to: number
  query: string
  wrap: boolean
}

const TOKEN_BEFORE = /[\w.]*$/
const TOKEN_AFTER = /^[\w.]*/
/** What may stand between an opening and the name of a field: nothing, or the words of a Liquid tag. */
const TAG_WORDS = /^-?\s*(?:(?:if|elsif|unless|case|for\s+\w+\s+in|assign\s+\w+\s*=)\s+)?$/
const MENTION = /(?:^|[\s([{,;:>"'])@([\w.]*)$/

/** Whether fields are to be offered at the caret: inside `{{ }}` and `{% %}`, and behind an `@` that opens a word. */
export function completionAt(text: string, caret: number): Completion | null {
  const before = text.slice(0, caret)
  return inBraces(text, before) ?? atMention(before)
}

function inBraces(text: string, before: string): Completion | null {
  const opened = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'))
  if (opened < 0) return null
  const inside = before.slice(opened + 2)
  if (/[}%]\}/.test(inside)) return null
  const query = TOKEN_BEFORE.exec(inside)?.[0] ?? ''
  const words = inside.slice(0, inside.length - query.length)
  if (!TAG_WORDS.test(words)) return null
  const rest = TOKEN_AFTER.exec(text.slice(before.length))?.[0] ?? ''
  return { from: before.length - query.length, to: before.length + rest.length, query, wrap: false }
}

function atMention(before: string): Completion | null {
  const query = MENTION.exec(before)?.[1]
  if (query === undefined) return null
  return { from: before.length - query.length - 1, to: before.length, query, wrap: true }
}

export interface Edit {
  text: string
  caret: number
}

/** The text with the field put in, braces closed where they were open, and the caret behind them. */
export function complete(text: string, completion: Completion, path: string): Edit {
  const head = text.slice(0, completion.from)
  const tail = text.slice(completion.to)
  if (completion.wrap) {
    const put = `{{ ${path} }}`
    return { text: head + put + tail, caret: head.length + put.length }
  }
  const space = head.endsWith('{{') || head.endsWith('{%') ? ' ' : ''
  const closed = /^\s*(?:\|[^{}]*)?-?[%}]\}/.exec(tail)
  const inTag = head.lastIndexOf('{%') > head.lastIndexOf('{{')
  const close = closed ? '' : inTag ? ' %}' : ' }}'
  const behind = closed ? closed[0].length : close.length
  const caret = head.length + space.length + path.length + behind
  return { text: head + space + path + close + tail, caret }
}

/** The fields that answer what was typed, the best first: by their beginning, then by a part, then by letters. */
export function matching(references: readonly Reference[], query: string, most = 50): Reference[] {
  const wanted = query.toLowerCase()
  if (wanted === '') return references.slice(0, most)
  const places = references.flatMap((reference, index) => {
    const place = placeOf(reference.path.toLowerCase(), wanted)
    return place === null ? [] : [{ reference, place, index }]
  })
  places.sort((a, b) => a.place - b.place || a.index - b.index)
  return places.slice(0, most).map(({ reference }) => reference)
}

function placeOf(path: string, wanted: string): number | null {
  if (path.startsWith(wanted)) return 0
  if (path.split('.').some((part) => part.startsWith(wanted))) return 1
  return path.includes(wanted) ? 2 : null
}
