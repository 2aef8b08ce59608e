/** Small tools for English text: words, sentences, readability, and fitting a brief's phrases into sentences. */

const STOP = new Set(
  (
    'a an the and or but of for to in on at by with from as is are be was were it its this that these those your our ' +
    'their his her my you we they he she i not no so than then too very can will just about into over how why what ' +
    'when where who which if do does have has more most'
  ).split(' '),
)

export const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu) ?? []

/** Lower case, without plural s: enough to see whether two texts speak of the same thing. */
const stem = (word: string): string =>
  word
    .toLowerCase()
    .replace(/['’]s$/, '')
    .replace(/(?<=\p{L}{3})(?:es|s)$/u, '')

/** Words that carry meaning, each once. */
export const contentWords = (text: string): string[] => [
  ...new Set(
    wordsOf(text)
      .filter((word) => !STOP.has(word.toLowerCase()))
      .map(stem),
  ),
]

/** Share of a phrase's meaningful words that the text uses; 1 for a phrase without any. */
export function shareOf(phrase: string, text: string): number {
  const wanted = contentWords(phrase)
  if (wanted.length === 0) return 1
  const there = new Set(wordsOf(text).map(stem))
  return wanted.filter((word) => there.has(word)).length / wanted.length
}

export const sentencesOf = (text: string): string[] =>
  (text.match(/[^.!?…]+(?:[.!?…]+["”’)*]*|$)(?=\s|$)|\S[^\n]*/gu) ?? [])
    .map((s) => s.trim())
    .filter((s) => s !== '')

export function syllablesOf(word: string): number {
  const groups = word
    .toLowerCase()
    .replace(/e$/, '')
    .match(/[aeiouyà-ÿ]+/g)
  return Math.max(1, groups?.length ?? 1)
}

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const ORDINARY = new Set(
  (
    'a an the this that these those your our their every each all any some no more less fewer better faster new old ' +
    'how why what when where who which one two three local simple clear small large big early late good best easy ' +
    'keep use run choose start stop avoid plan make write read build save cut get give take find see try ask show ' +
    'tell learn know stay set put work focus let turn share move grow protect reduce improve switch send own free ' +
    'clean fast quick short long safe private secure open hidden real honest full low lower high higher it they we ' +
    'persuade drive increase generate explain encourage help inspire invite announce convince boost raise win ' +
    'launch introduce teach inform make bring you there not only from with without for in on at by drafts data people teams privacy content models text four five six seven eight nine ten trade freelance chief senior junior young busy product brand social founders owners parents students small-business everyone anyone first second third company customers'
  ).split(' '),
)

const COMMON_ENDING =
  /^[A-Z][a-z]+(?:ing|ed|ly|er|ers|tion|tions|ment|ness|ity|ance|ence|able|ible|ful|ous|ive|[a-z][^suiao]s)$/

/** For the middle of a sentence: an ordinary first word loses its capital, a name or acronym keeps it. */
export function midSentence(phrase: string): string {
  const [first = ''] = phrase.split(/[\s,:;-]/)
  const ordinary = ORDINARY.has(first.toLowerCase()) || COMMON_ENDING.test(first)
  return ordinary && first.length > 0 ? lowerFirst(phrase) : phrase
}

const NEWS =
  /^((?:\S+\s+){0,5}?\S+)\s+(?:opens|launches|announces|introduces|starts|joins|wins|moves|releases|expands|adds|hires|unveils|presents|brings|publishes|acquires|is|are|has|have|will|can|makes|takes)\s/

/** Who acts, in a phrase that is a sentence ("Northwind opens a workshop"); null in any other. */
export function subjectOf(text: string): string | null {
  const subject = NEWS.exec(text)?.[1] ?? null
  return subject === null || /\b(?:that|who|which|how|why|what|when|where)\b/i.test(subject) ? null : subject
}

const CLAUSE = /\s*(?:[,;:(\u2013\u2014]|\s(?:who|that|which|where|when|while|because|so that)\s).*$/is

/** What a long phrase is about, for naming it a second time: without its clauses and, if still long, its details. */
export function shortPhrase(text: string): string {
  const head = subjectOf(text) ?? text.replace(CLAUSE, '').trim()
  if (contentWords(head).length === 0) return text
  if (wordsOf(head).length <= 6) return head
  const detail = /^((?:\S+\s+){1,7}\S+)\s(?:with|at|in|from|without|across|within|between)\s/i.exec(head)?.[1]
  return detail ?? head
}

/** A key point as a heading: whole when it is short, else up to its first joint. */
export function headingOf(point: string): string {
  if (wordsOf(point).length <= 8) return point
  const head = point.split(/[:;,\u2013\u2014]|\s(?:because|so that)\s/)[0]?.trim() ?? ''
  return wordsOf(head).length >= 3 && wordsOf(head).length <= 14 ? head : clip(point, 80)
}

export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

function gerund(verb: string): string {
  if (/^(?:be|see|agree|free)$/.test(verb) || !verb.endsWith('e')) {
    return /^[^aeiou]*[aeiou][bdgmnprt]$/.test(verb) ? `${verb}${verb.slice(-1)}ing` : `${verb}ing`
  }
  return `${verb.replace(/ie$/, 'y').replace(/e$/, '')}ing`
}

/** A topic as a noun phrase: "How to choose a CRM" is about choosing a CRM, "Launch of X" about the launch of X. */
export function asNoun(topic: string): string {
  const howTo = /^how to ([a-z]+)\b(.*)$/is.exec(topic)
  if (howTo) return `${gerund((howTo[1] ?? '').toLowerCase())}${howTo[2] ?? ''}`
  if (/^(?:how|why|what|when|where|who|which|whether)\b/i.test(topic))
    return `the question of ${lowerFirst(topic)}`
  if (
    /^[a-z]+ of\b/i.test(topic) &&
    !/^(?:all|some|most|one|none|many|out|because|instead) of/i.test(topic)
  ) {
    return `the ${lowerFirst(topic)}`
  }
  return midSentence(topic)
}

/** On one line, without the full stop or other mark at its end, and without Markdown that would change its place. */
export const phrase = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^[#>*+\s-]+(?=\S)/, '')
    .replace(/[\s.,;:!?…]+$/u, '')
    .trim()

/** The longest beginning that fits, cut between words where it can be. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text
  const head = text.slice(0, max - 1)
  const space = head.lastIndexOf(' ')
  const cut = (space > max / 2 ? head.slice(0, space) : head).replace(/[\uD800-\uDBFF]$/, '')
  return `${cut.replace(/[\s,;:.]+$/, '')}…`
}

export function joined(items: readonly string[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`
}

const CONTRACTIONS: readonly [RegExp, string][] = [
  [/(?<=^|[.!?;:,] |\b(?:and|but|because|if|how) )([Ii])t is (?=\w)/g, "$1t's "],
  [/(?<=^|[.!?;:,] |\b(?:and|but|because|if) )([Tt])hat is (?=\w)/g, "$1hat's "],
  [/(?<=^|[.!?;:,] |\b(?:and|but|because|if|that) )([Tt])here is (?=\w)/g, "$1here's "],
  [/(?<=^|[.!?;:,] )([Hh])ere is (?=\w)/g, "$1ere's "],
  [/\b([Yy])ou are (?=\w)/g, "$1ou're "],
  [/\b([Yy])ou have (?=\w+ed\b|been|got)/g, "$1ou've "],
  [/\b([Yy])ou will (?=\w)/g, "$1ou'll "],
  [/\b([Dd])o not\b/g, "$1on't"],
  [/\b([Dd])oes not\b/g, "$1oesn't"],
  [/\b([Ii])s not\b/g, "$1sn't"],
  [/\b([Cc])annot\b/g, "$1an't"],
  [/\b([Ll])et us\b/g, "$1et's"],
]

export const contract = (text: string): string =>
  CONTRACTIONS.reduce((result, [pattern, short]) => result.replace(pattern, short), text)

export const expand = (text: string): string =>
  text
    .replace(/\b(can)['’]t\b/gi, '$1not')
    .replace(/\b(do|does|is)n['’]t\b/gi, '$1 not')
    .replace(/\b(it|that|there|here)['’]s\b(?= \w)/gi, '$1 is')
    .replace(/\b(you)['’]re\b/gi, '$1 are')
    .replace(/\b(you)['’]ve\b/gi, '$1 have')
    .replace(/\b(you)['’]ll\b/gi, '$1 will')
    .replace(/\b(let)['’]s\b/gi, '$1 us')

export const CONTRACTION =
  /\b(?:can|do|does|is)n?['’]t\b|\b(?:it|that|there|here|let)['’]s\b|\byou['’](?:re|ve|ll)\b/gi

/** Two or three shorter sentences for a long one; null where it has no joint to part it at. */
export function splitSentence(sentence: string): string[] | null {
  const joints = [/; /, /, (?:and|but|so) (?=\p{L}+ )/u, /, which is /, /, because /, / \u2014 /]
  for (const joint of joints) {
    for (const match of sentence.matchAll(new RegExp(joint.source, 'gu'))) {
      const head = sentence.slice(0, match.index)
      const tail = sentence.slice(match.index + match[0].length)
      if (wordsOf(head).length < 5 || wordsOf(tail).length < 5) continue
      const lead = /which is/.test(match[0])
        ? 'That is '
        : /because/.test(match[0])
          ? 'The reason: '
          : /but/.test(match[0])
            ? 'But '
            : ''
      return [`${head.replace(/[.,;:]+$/, '')}.`, lead === '' ? upperFirst(tail) : `${lead}${tail}`]
    }
  }
  return null
}
