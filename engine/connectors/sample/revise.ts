import { type Copy, statementOf } from './copy.ts'
import {
  clip,
  contract,
  expand,
  midSentence,
  phrase,
  sentencesOf,
  splitSentence,
  upperFirst,
  wordsOf,
} from './language.ts'
import { LONG_SENTENCE, headlineAt, headlineOf, isProse, measure, openingAt } from './measure.ts'
import type { Shape } from './shapes/index.ts'
import { VOICES } from './voices.ts'

type Edit = (blocks: string[], note: string, copy: Copy, shape: Shape) => string[]

/** What a note asks for, read off its words, and the change that does it. The first that matches is made. */
const EDITS: readonly [RegExp, Edit][] = [
  [/\bheadings?\b/i, topicIntoHeading],
  [/\b(?:title|headline|subject line|hook line|first post)\b/i, topicIntoHeadline],
  [/\b(?:first paragraph|introduction|intro)\b/i, topicIntoOpening],
  [/\bsplit\b|\bshorter\b.*\bsentences?\b|\bsentences?\b.*\b(?:long|shorter)\b/i, splitLongSentences],
  [/call to action|\bCTA\b|next step/i, addCallToAction],
  [/\bhook\b|\bquestion\b|\bopening\b|\bopen with\b/i, addQuestion],
  [/hype|loud|exclamation|buzzword/i, calmDown],
  [/contractions? out|\bformal\b/i, (blocks) => proseOf(blocks, expand)],
  [/contractions?|informal|conversational|casual/i, speakPlainly],
  [/\b(?:cut|shorten|trim|words? (?:limit|allows))\b/i, shorten],
  [/\b(?:cover|missing|key points?|mention|add|include|explain|say)\b/i, addPoint],
]

/** The text with every note answered that says what to change; what no note touches stays as it was. */
export function revise(text: string, notes: string[], copy: Copy, shape: Shape): string {
  let blocks = shape.blocksOf(text)
  for (const note of notes) {
    const edit = EDITS.find(([pattern]) => pattern.test(note.replace(/"[^"]*"/g, '""')))?.[1] ?? addPoint
    blocks = edit(blocks, note, copy, shape)
  }
  return shape.textOf(blocks)
}

const quoted = (note: string): string | null => /["“]([^"”]+)["”]/.exec(note)?.[1] ?? null

const replaced = (blocks: string[], at: number, block: string): string[] =>
  blocks.map((old, index) => (index === at ? block : old))

const inserted = (blocks: string[], at: number, more: string[]): string[] => [
  ...blocks.slice(0, at),
  ...more,
  ...blocks.slice(at),
]

const proseOf = (blocks: string[], change: (block: string) => string): string[] =>
  blocks.map((block) => (isProse(block) ? change(block) : block))

function topicIntoHeadline(blocks: string[], _note: string, copy: Copy): string[] {
  const at = headlineAt(blocks)
  const block = blocks[at] ?? ''
  const old = headlineOf(blocks)
  const rest = old.replace(/[.\s]+$/, '')
  const headline =
    rest === '' ? copy.headTopic : `${copy.headTopic}: ${rest.charAt(0).toLowerCase()}${rest.slice(1)}`
  return replaced(
    blocks,
    at,
    block.replace(old, () => headline + (/[.?!]$/.test(old) && !/[.?!]$/.test(headline) ? '.' : '')),
  )
}

function topicIntoOpening(blocks: string[], _note: string, copy: Copy): string[] {
  const at = openingAt(blocks)
  const lead = /^(?:\*\*\[City\][^\u2013]*\u2013 |\*\*)/.exec(blocks[at] ?? '')?.[0] ?? ''
  const opening = copy.random.pick([
    `This is about ${copy.wholeTopic}.`,
    `The subject is ${copy.wholeTopic}.`,
  ])
  return replaced(blocks, at, `${lead}${opening} ${(blocks[at] ?? '').slice(lead.length)}`)
}

function topicIntoHeading(blocks: string[], _note: string, copy: Copy): string[] {
  const at = blocks.findIndex((block) => /^#{2,6}\s+\S/.test(block))
  if (at === -1) return blocks
  const [, hashes = '##', heading = ''] = /^(#+)\s+(.*)$/s.exec(blocks[at] ?? '') ?? []
  return replaced(blocks, at, `${hashes} ${copy.headTopic}: ${midSentence(heading)}`)
}

function splitLongSentences(blocks: string[]): string[] {
  return proseOf(blocks, (block) =>
    sentencesOf(block).reduce((text, long) => text.replace(long, () => parted(long)), block),
  )
}

function parted(sentence: string): string {
  if (wordsOf(sentence).length <= LONG_SENTENCE) return sentence
  const parts = splitSentence(sentence)
  return parts === null ? sentence : parts.map(parted).join(' ')
}

function addCallToAction(blocks: string[], _note: string, copy: Copy, shape: Shape): string[] {
  const at = Math.max(shape.endOf(blocks), Math.min(blocks.length, headlineAt(blocks) + 2))
  return inserted(blocks, at, [shape.callToAction(copy.cta)])
}

function addQuestion(blocks: string[], _note: string, copy: Copy): string[] {
  const at = openingAt(blocks)
  const question = copy.random
    .pick(VOICES[copy.voice].questions)
    .replaceAll('{topic}', () => copy.topic)
    .replaceAll('{audience}', () => copy.audience)
  const block = blocks[at] ?? ''
  return replaced(
    blocks,
    at,
    block.startsWith('**') ? block.replace('**', () => `**${question} `) : `${question} ${block}`,
  )
}

const LOUD_SENTENCE =
  /\b(?:game-?chang\w*|revolutionary|unbeatable|awesome|cutting-edge|next-level|world-class|magic|mind-blowing|best-in-class|unparalleled|must-have)\b/i

/** Sentences that only shout go; where nothing else would be left, the loud word goes. */
function calmDown(blocks: string[], note: string): string[] {
  const onlyMarks = !/hype|loud|buzzword/i.test(note)
  return blocks.map((block) => {
    if (!LOUD_SENTENCE.test(block) || onlyMarks) return onlyMarks ? block.replaceAll('!', '.') : block
    const sentences = sentencesOf(block)
    const calm = sentences.filter((sentence) => !LOUD_SENTENCE.test(sentence))
    const without = isProse(block)
      ? sentences.filter((s) => LOUD_SENTENCE.test(s)).reduce((text, loud) => text.replace(loud, ''), block)
      : block
    const kept =
      calm.length > 0 && isProse(block)
        ? without
        : block.replace(new RegExp(LOUD_SENTENCE.source, 'gi'), 'useful')
    return kept.replace(/[ \t]{2,}/g, ' ').trim()
  })
}

function speakPlainly(blocks: string[], _note: string, copy: Copy, shape: Shape): string[] {
  const contracted = proseOf(blocks, contract)
  if (contracted.join() !== blocks.join()) return contracted
  return inserted(blocks, shape.endOf(blocks), [
    `That's the gist, and you're welcome to start with any part of it.`,
  ])
}

/** Drops the last remark of the longest paragraphs until the limit is met or only the points are left. */
function shorten(blocks: string[], _note: string, copy: Copy, shape: Shape): string[] {
  const limit = Number(/\b(\d{2,5}) words that/.exec(_note)?.[1] ?? 0)
  let current = blocks
  const target = limit > 0 ? limit : Math.floor(wordsOf(blocks.join(' ')).length * 0.8)
  while (wordsOf(shape.textOf(current)).length > target) {
    const longest = current
      .map((block, index) => ({ index, sentences: isProse(block) ? sentencesOf(block) : [] }))
      .filter(({ sentences }) => sentences.length > 1)
      .sort((a, b) => b.sentences.length - a.sentences.length)[0]
    if (!longest) return current
    const shorter = replaced(current, longest.index, longest.sentences.slice(0, -1).join(' '))
    const lost = measure(shape.textOf(shorter), copy.brief, shape).missing.length
    if (lost > measure(shape.textOf(current), copy.brief, shape).missing.length) return current
    current = shorter
  }
  return current
}

/** A note that names something gets it: a part of its own, with a remark in the writer's voice. */
function addPoint(blocks: string[], note: string, copy: Copy, shape: Shape): string[] {
  const asked =
    quoted(note) ?? /\b(?:mention|add|include|explain|cover|say)\s+(?:that\s+)?(.+)$/i.exec(note)?.[1] ?? note
  const named = copy.brief.keyPoints.find((point) => point === asked) ?? asked
  const point = clip(phrase(named), 500)
  if (point === '') return blocks
  const sentences = [upperFirst(statementOf(point, 'Worth adding: {point}.')), copy.remark()]
  return inserted(blocks, shape.endOf(blocks), shape.addPoint(point, sentences))
}
