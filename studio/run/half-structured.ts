import { fieldName } from './step-facts.ts'

/** A string (perhaps cut off), a colon, or a bare word such as `true`. What else JSON is made of is left out. */
const TOKENS = /"((?:[^"\\]|\\.)*)"?|:|[^\s"{}[\],:]+/g

const ESCAPES: Record<string, string> = { '\\n': '\n', '\\t': ' ', '\\"': '"', '\\\\': '\\', '\\/': '/' }

/** A structured reply that is still being written, readable at every moment: a line per field and per list entry. */
export function halfStructured(text: string): string {
  let shown = ''
  let last = ''
  let afterKey = false
  for (const [token, quoted] of text.matchAll(TOKENS)) {
    if (token === ':') {
      shown += `${fieldName(last)}: `
      last = ''
      afterKey = true
      continue
    }
    shown += last
    shown += shown === '' || afterKey ? '' : '\n'
    afterKey = false
    last = quoted === undefined ? token : quoted.replace(/\\(?:u[\da-fA-F]{4}|.)/g, unescaped)
  }
  return shown + last
}

function unescaped(sequence: string): string {
  if (sequence.startsWith('\\u')) return String.fromCharCode(Number.parseInt(sequence.slice(2), 16))
  return ESCAPES[sequence] ?? ''
}
