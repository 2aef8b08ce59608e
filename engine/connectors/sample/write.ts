import { createCopy } from './copy.ts'
import { clip, contentWords, joined, wordsOf } from './language.ts'
import { type Limits, limitsOf } from './limits.ts'
import { type ParsedPrompt, type PromptBrief, characterOf } from './prompt.ts'
import { type Random, createRandom, hash } from './random.ts'
import { revise } from './revise.ts'
import { type Shape, shapeOf } from './shapes/index.ts'
import { VOICE_NAMES } from './voices.ts'

/** A text for the prompt: a first draft for a brief, a revision for notes, else an answer from the prompt's own words. */
export function writtenReply(system: string, prompt: ParsedPrompt, text: string, random: Random): string {
  const { brief, draft, notes } = prompt
  if (brief === null) return freeReply(text, random)
  if (draft !== null && notes.length > 0) return revised(system, brief, draft, notes, random)
  return drafted(system, brief, random)
}

/** Each voice has some more than this, so that none has to be said twice in a text. */
const REMARKS_TO_SPEND = 17

const voiceOf = (system: string) => characterOf(system, VOICE_NAMES, hash(system))

/** With as many remarks as the length that the brief allows leaves room for. */
function drafted(system: string, brief: PromptBrief, random: Random): string {
  const shape = shapeOf(brief)
  const limits = limitsOf(brief.constraints)
  const seed = String(random.next())
  let text = ''
  const most = Math.max(1, Math.min(5, Math.floor(REMARKS_TO_SPEND / Math.max(1, brief.keyPoints.length))))
  for (let detail = most; detail >= 0; detail--) {
    text = shape.textOf(shape.write(createCopy(brief, voiceOf(system), createRandom(seed)), detail))
    if (keeps(text, limits, shape)) break
  }
  return text
}

function keeps(text: string, limits: Limits, shape: Shape): boolean {
  const posts = shape.slug === 'twitter-thread' ? shape.blocksOf(text).length : 0
  return (
    wordsOf(text).length <= (limits.words ?? shape.norm[1]) &&
    text.length <= (limits.characters ?? Infinity) &&
    posts <= (limits.posts ?? Infinity)
  )
}

function revised(system: string, brief: PromptBrief, draft: string, notes: string[], random: Random): string {
  const text = revise(draft, notes, createCopy(brief, voiceOf(system), random), shapeOf(brief))
  return text.trim() === '' ? draft : text
}

/** What a free prompt gets: nothing is known about its subject, so its own words are put in order. */
function freeReply(prompt: string, random: Random): string {
  const asked = clip(prompt.replace(/\s+/g, ' ').trim(), 160)
  const words = contentWords(prompt).filter((word) => word.length > 3)
  if (words.length === 0)
    return asked === ''
      ? 'The prompt is empty, so there is nothing to answer.'
      : `The prompt reads "${asked}".`
  const [first = '', ...others] = words.slice(0, 5)
  const rest = others.length === 0 ? '' : `, together with ${joined(others)}`
  return random.pick([
    `The question is about ${first}${rest}. Start with ${first}, then see how the rest follows from it. The prompt was: "${asked}"`,
    `In short: "${asked}" The words that matter most here are ${joined([first, ...others])}. An answer would take them in this order.`,
    `Taken at its word, the prompt asks about ${first}${rest}. Begin there, and add what you know of your own case.`,
  ])
}
