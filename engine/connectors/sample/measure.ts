import {
  CONTRACTION,
  contentWords,
  sentencesOf,
  shareOf,
  shortPhrase,
  splitSentence,
  syllablesOf,
  wordsOf,
} from './language.ts'
import type { PromptBrief } from './prompt.ts'
import type { Shape } from './shapes/index.ts'

/** What can be counted in a text. Scores and editors' notes rest on these and on nothing else. */
export interface Measures {
  words: number
  /** Words per sentence: mean, and how much it varies (standard deviation). */
  sentenceWords: number
  rhythm: number
  longest: { sentence: string; words: number } | null
  /** Flesch reading ease: 100 very easy, 60 plain, 30 hard. */
  readability: number
  covered: string[]
  missing: string[]
  headline: string
  topicInHeadline: boolean
  topicInOpening: boolean
  headings: number
  topicInHeadings: boolean
  questions: number
  questionInOpening: boolean
  /** "you" and "your" per 100 words. */
  address: number
  exclamations: number
  loudWords: string[]
  contractions: number
  hasCallToAction: boolean
  /** Different words per 100 words, of the first 200. */
  variety: number
  placeholders: number
}

export const LONG_SENTENCE = 28

const LOUD =
  /\b(?:game-?chang(?:er|ing)|revolutionary|unbeatable|awesome|cutting-edge|next-level|world-class|magic|mind-blowing|best-in-class|unparalleled|must-have)\b/gi

const CALL =
  /(?:^|[.!?:*[]\s*)(?:ask for|book|sign up|start|try|download|get in touch|bookmark|save|follow|reply|join|register|read|contact|order|request|subscribe|visit|see|tell us|apply|schedule|save your seat|make a donation|buy|share|switch|test|install|reserve|watch|call|write to|choose|adopt|attend|come)\b/i

const LABELLED = /^(?:Next step|More information|One last thing|What you can do now):\s*\S/i

/** Lines that are not prose: headings, lists, quotations, subject lines, names to fill in, tags. */
export const isProse = (block: string): boolean =>
  !/^(?:#{1,6}\s|- |> |Subject:|FOR IMMEDIATE|###|\[|#[\p{L}\p{N}])/u.test(block) &&
  !block.startsWith('**At a glance') &&
  !/^(?:Dear reader|Hello|Hi\b|Kind regards|Until next time)[^.!?]{0,40}$/.test(block.split('\n')[0] ?? '') &&
  wordsOf(block).length > 0

const bare = (block: string): string =>
  block
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]/g, '')
    .replace(/\s+/g, ' ')
    .trim()

export function headlineAt(blocks: string[]): number {
  const at = blocks.findIndex((block) => /^# \S/.test(block))
  return at === -1 ? 0 : at
}

export const headlineOf = (blocks: string[]): string =>
  (blocks[headlineAt(blocks)] ?? '').split('\n')[0]?.replace(/^(?:# |Subject:\s*)/, '') ?? ''

/** The first prose after the headline; in a thread the first post is its own opening. */
export function openingAt(blocks: string[]): number {
  const from = headlineAt(blocks)
  const at = blocks.findIndex((block, index) => index > from && isProse(block))
  return at === -1 ? from : at
}

export function measure(text: string, brief: PromptBrief, shape: Shape): Measures {
  const blocks = shape.blocksOf(text)
  const prose = blocks.filter((block, index) => isProse(block) && index !== headlineAt(blocks)).map(bare)
  const sentences = prose
    .flatMap(sentencesOf)
    .map((sentence) => ({ sentence, words: wordsOf(sentence).length }))
  const lengths = sentences.filter(({ words }) => words > 0)
  const words = wordsOf(text)
  const proseWords = prose.flatMap(wordsOf)
  const mean = lengths.length === 0 ? 0 : lengths.reduce((sum, s) => sum + s.words, 0) / lengths.length
  const spread = lengths.reduce((sum, s) => sum + (s.words - mean) ** 2, 0) / Math.max(1, lengths.length)
  const syllables =
    proseWords.reduce((sum, word) => sum + syllablesOf(word), 0) / Math.max(1, proseWords.length)
  const headline = headlineOf(blocks)
  const opening = bare(blocks[openingAt(blocks)] ?? '')
  const headings = blocks.filter((block) => /^#{2,6}\s/.test(block))
  const sample = words.slice(0, 200).map((word) => word.toLowerCase())
  const found = (place: string) =>
    shareOf(brief.topic, place) >= 0.5 || shareOf(shortPhrase(brief.topic), place) >= 0.5
  const covered = brief.keyPoints.filter((point) => shareOf(point, text) >= 0.6)
  return {
    words: words.length,
    sentenceWords: mean,
    rhythm: Math.sqrt(spread),
    longest: lengths.reduce<Measures['longest']>(
      (most, s) => (most && most.words >= s.words ? most : s),
      null,
    ),
    readability: lengths.length === 0 ? 0 : 206.835 - 1.015 * mean - 84.6 * syllables,
    covered,
    missing: brief.keyPoints.filter((point) => !covered.includes(point)),
    headline,
    topicInHeadline: found(headline),
    topicInOpening: found(opening),
    headings: headings.length,
    topicInHeadings: headings.length === 0 || found(headings.join(' ')),
    questions: (text.match(/\?/g) ?? []).length,
    questionInOpening: `${headline} ${opening}`.includes('?'),
    address:
      (proseWords.filter((word) => /^you(?:r|rs)?$|^you['’]/i.test(word)).length /
        Math.max(1, proseWords.length)) *
      100,
    exclamations: (text.match(/!/g) ?? []).length,
    loudWords: [...new Set((text.match(LOUD) ?? []).map((word) => word.toLowerCase()))],
    contractions: (text.match(CONTRACTION) ?? []).length,
    hasCallToAction: blocks.slice(-8).some((block) => LABELLED.test(bare(block)) || CALL.test(bare(block))),
    variety: (new Set(sample).size / Math.max(1, sample.length)) * 100,
    placeholders: (text.match(/\[[^\]\n]+\](?!\()/g) ?? []).length,
  }
}

/** Sentences that are too long and have a joint to part them at. */
export function splittable(text: string, shape: Shape): { sentence: string; words: number }[] {
  return shape
    .blocksOf(text)
    .filter(isProse)
    .flatMap((block) => sentencesOf(bare(block)))
    .map((sentence) => ({ sentence, words: wordsOf(sentence).length }))
    .filter(({ sentence, words }) => words > LONG_SENTENCE && splitSentence(sentence) !== null)
}

export const hasTopicWords = (brief: PromptBrief): boolean => contentWords(brief.topic).length > 0
