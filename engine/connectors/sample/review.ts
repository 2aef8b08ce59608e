import { wordsOf } from './language.ts'
import { type Measures, hasTopicWords, measure, splittable } from './measure.ts'
import { limitsOf } from './limits.ts'
import { type PromptBrief, characterOf } from './prompt.ts'
import type { Shape } from './shapes/index.ts'
import { INFORMAL_TONES } from './voices.ts'

export interface Verdict {
  approved: boolean
  reason: string
  notes: string[]
}

export const EDITOR_NAMES = ['clarity', 'brand', 'engagement', 'seo'] as const
type EditorName = (typeof EDITOR_NAMES)[number]

/** An editor's checks in order of weight: a note for each one that fails, and what it measured either way. */
interface Check {
  measured: string
  note: string | null
}

/** At most this many changes are asked for at once: a writer can hold no more in mind. */
const NOTES_AT_ONCE = 2

export function review(
  text: string,
  brief: PromptBrief,
  shape: Shape,
  system: string,
  draw: number,
): Verdict {
  const editor = characterOf(system, EDITOR_NAMES, draw)
  const measures = measure(text, brief, shape)
  const checks = [...CHECKS[editor](measures, brief, shape, text), ...everyEditor(measures, brief)]
  const notes = checks.flatMap(({ note }) => (note === null ? [] : [note]))
  const measured = checks.map((check) => check.measured).filter((part) => part !== '')
  return {
    approved: notes.length === 0,
    reason: `Measured: ${measured.join('; ')}.`,
    notes: notes.slice(0, NOTES_AT_ONCE),
  }
}

const check = (measured: string, failed: boolean, note: string): Check => ({
  measured,
  note: failed ? note : null,
})

const CHECKS: Record<EditorName, (m: Measures, brief: PromptBrief, shape: Shape, text: string) => Check[]> = {
  clarity: (m, _brief, shape, text) => [
    ...splittable(text, shape)
      .slice(0, 2)
      .map(({ sentence, words }) =>
        check(
          '',
          true,
          `Split the sentence that begins "${beginning(sentence)}" (${words} words) into shorter ones.`,
        ),
      ),
    check(
      `${m.sentenceWords.toFixed(1)} words per sentence, the longest ${m.longest?.words ?? 0}, reading ease ${Math.round(m.readability)}`,
      false,
      '',
    ),
  ],
  brand: (m, brief) => {
    const informal = INFORMAL_TONES.has(brief.tone)
    return [
      check(
        m.loudWords.length === 0 ? 'no loud words' : `loud words: ${m.loudWords.join(', ')}`,
        m.loudWords.length > 0,
        `Take out the hype: ${m.loudWords.map((word) => `"${word}"`).join(', ')}. State the benefit plainly.`,
      ),
      check(
        `${m.exclamations} exclamation marks`,
        m.exclamations > 0,
        'Take out the exclamation marks; let the words carry the weight.',
      ),
      check(
        `${m.contractions} contractions for a ${brief.tone} tone`,
        informal ? m.contractions === 0 : brief.tone === 'formal' && m.contractions > 0,
        informal
          ? `The tone should be ${brief.tone}: use contractions and speak to the reader as "you".`
          : 'The tone should be formal: write contractions out in full.',
      ),
    ]
  },
  engagement: (m, _brief, shape) => [
    check(
      m.questionInOpening ? 'a question in the opening' : 'no question in the opening',
      !m.questionInOpening && shape.slug !== 'press-release',
      'Open with a question that the reader wants answered; the first lines have no hook.',
    ),
    check(
      m.hasCallToAction ? 'a call to action' : 'no call to action',
      !m.hasCallToAction,
      'End with a clear call to action that names the next step.',
    ),
    check(`${m.address.toFixed(1)} "you" per 100 words`, false, ''),
  ],
  seo: (m, brief, shape) => {
    const subject = hasTopicWords(brief)
    return [
      check(
        `topic ${m.topicInHeadline ? 'in' : 'not in'} the ${shape.headline}`,
        subject && !m.topicInHeadline,
        `Put the topic "${brief.topic}" into the ${shape.headline}.`,
      ),
      check(
        `topic ${m.topicInOpening ? 'in' : 'not in'} the first paragraph`,
        subject && !m.topicInOpening,
        `Name the topic "${brief.topic}" in the first paragraph.`,
      ),
      check(
        m.headings === 0 || shape.slug === 'press-release'
          ? ''
          : `topic ${m.topicInHeadings ? 'in' : 'not in'} the headings`,
        subject && !m.topicInHeadings && shape.slug !== 'press-release',
        `Use the topic "${brief.topic}" in at least one heading.`,
      ),
    ]
  },
}

function everyEditor(m: Measures, brief: PromptBrief): Check[] {
  const limit = limitsOf(brief.constraints).words
  const [missing] = m.missing
  return [
    check(
      `${m.covered.length} of ${brief.keyPoints.length} key points covered`,
      missing !== undefined,
      `Cover the missing key point "${missing ?? ''}".`,
    ),
    check(
      `${m.words} words`,
      limit !== null && m.words > limit,
      `Cut the text to the ${limit ?? 0} words that the brief allows; it has ${m.words} words.`,
    ),
  ]
}

const beginning = (sentence: string): string => wordsOf(sentence).slice(0, 5).join(' ')
