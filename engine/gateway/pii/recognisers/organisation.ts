import type { Recogniser, Scan } from '../scan.ts'
import type { Detection } from '../types.ts'
import { LOWER_CASE } from '../words.ts'

/** What companies are by law; those that are also words need a capital word before them anyway. */
const FORMS = new Set(
  `ltd limited plc llp llc inc incorporated corp corporation co gmbh ag kg ohg ug mbh kgaa se eg ev sarl sas sa eurl sasu snc spa srl
  sl slu slne bv nv vof cv ab oy oyj as asa aps sp spzoo kft zrt doo pty pte pvt kk bhd ltda holding holdings group gruppe groupe
  grupo gruppo stiftung verein genossenschaft`.split(/\s+/),
)
const KINDS = new Set(
  `bank university universität université universidad università hospital institute institut foundation partners associates
  solutions technologies systems industries enterprises ventures labs laboratories logistics consulting pharmaceuticals
  insurance versicherung airlines motors media studios capital brothers sons werke bros`.split(/\s+/),
)
const DOTTED =
  /^(?:\.|S\. ?A\.(?: ?S\.)?|S\. ?p\. ?A\.|S\. ?r\. ?l\.|S\. ?L\.|B\. ?V\.|N\. ?V\.|e\. ?V\.|& Co\.? ?KG| & Co\.?(?: KG)?|,? ?(?:KG|Inc\.?|Ltd\.?|z o\.? ?o\.))/i
const DOTTED_FORM =
  / (?:S\. ?A\.(?: ?S\.)?|S\. ?p\. ?A\.|S\. ?r\. ?l\.|S\. ?L\.|B\. ?V\.|N\. ?V\.|e\. ?V\.|sp\. z o\. ?o\.)(?![\p{L}])/gu
const LINKS = new Set(['of', 'and', 'und', 'et', 'y', 'e', 'de', 'for', 'für', 'the'])
const MOST_WORDS = 5
const NOT_FIRST = new Set(
  'the our your their this that we a an my der die das den dem le la les el il lo een het at for from with by and'.split(
    ' ',
  ),
)

/** How far to the left of a word the name reaches: capital words, with "&" or a small word between two of them. */
function firstWord({ words }: Scan, last: number): number {
  let first = last
  for (let at = last - 1; at >= 0 && last - at < MOST_WORDS; at--) {
    const gap = words.gap(at)
    if (!/^(?: | & | \+ |-|&)$/.test(gap) && !(at === last - 1 && gap === ', ')) break
    if (at < last - 1 && FORMS.has(words.lower(at)) && words.lower(at) !== 'group') break
    if (words.shape(at) !== LOWER_CASE) {
      if (NOT_FIRST.has(words.lower(at))) break
      first = at
    } else if (!LINKS.has(words.lower(at)) || at === 0 || words.shape(at - 1) === LOWER_CASE || gap !== ' ')
      break
  }
  return first
}

function* find(scan: Scan): Generator<Detection> {
  const { words, text } = scan
  for (let at = 1; at < words.count; at++) {
    if (words.shape(at) === LOWER_CASE && words.at(at) !== 'mbH') continue
    const word = words.lower(at)
    const form = FORMS.has(word)
    if (!form && !KINDS.has(word)) continue
    const first = firstWord(scan, at)
    if (first === at || words.start(at) - words.end(at - 1) > 3) continue
    const named = words.shape(first) !== LOWER_CASE
    if (!named) continue
    const tail = DOTTED.exec(text.slice(words.end(at), words.end(at) + 14))?.[0] ?? ''
    const dot = tail === '.' && !/^(?:ltd|inc|co|corp)$/.test(word) ? '' : tail
    yield {
      type: 'ORGANISATION',
      start: words.start(first),
      end: words.end(at) + dot.length,
      score: form ? 0.85 : 0.6,
    }
  }
  for (const match of text.matchAll(DOTTED_FORM)) {
    const before = lastWordBefore(scan, match.index)
    if (before < 0 || words.shape(before) === LOWER_CASE) continue
    yield {
      type: 'ORGANISATION',
      start: words.start(firstWord(scan, before)),
      end: match.index + match[0].length,
      score: 0.85,
    }
  }
}

function lastWordBefore({ words }: Scan, at: number): number {
  let [low, high] = [0, words.count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (words.end(middle) <= at) low = middle + 1
    else high = middle
  }
  return low > 0 && words.end(low - 1) === at ? low - 1 : -1
}

export const organisation: Recogniser = { name: 'organisation', types: ['ORGANISATION'], find }
