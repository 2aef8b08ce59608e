import type { Measures } from './measure.ts'
import type { PromptBrief } from './prompt.ts'
import type { Shape } from './shapes/index.ts'
import { INFORMAL_TONES } from './voices.ts'

export interface Score {
  score: number
  reason: string
}

type Gauge = (m: Measures, brief: PromptBrief, shape: Shape) => Score

/** 1 at `worst`, 10 at `best`, straight between. */
const scaled = (value: number, worst: number, best: number): number => {
  const share = Math.min(1, Math.max(0, (value - worst) / (best - worst)))
  return 1 + 9 * share
}
const mean = (...values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const near = (value: number, from: number, to: number): number =>
  value < from ? scaled(value, 0, from) : value > to ? scaled(value, to * 2.5, to) : 10
const yes = (condition: boolean, otherwise = 3): number => (condition ? 10 : otherwise)

const readability: Gauge = (m) => ({
  score: mean(
    scaled(m.readability, 10, 72),
    scaled(m.sentenceWords, 30, 11),
    scaled(m.longest?.words ?? 0, 55, 20),
  ),
  reason: `Reading ease ${Math.round(m.readability)}, ${m.sentenceWords.toFixed(1)} words per sentence, the longest ${m.longest?.words ?? 0}.`,
})

const coverage: Gauge = (m, brief) => {
  const all = Math.max(1, brief.keyPoints.length)
  const missing = m.missing.length === 0 ? '' : ` Missing: "${m.missing[0]}".`
  const topic =
    m.topicInHeadline && m.topicInOpening
      ? 'in the headline and the opening'
      : m.topicInHeadline
        ? 'in the headline only'
        : m.topicInOpening
          ? 'in the opening only'
          : 'in neither headline nor opening'
  return {
    score: mean(
      scaled(m.covered.length / all, 0, 1),
      scaled(m.covered.length / all, 0, 1),
      yes(m.topicInHeadline, 4),
      yes(m.topicInOpening, 4),
    ),
    reason: `${m.covered.length} of ${brief.keyPoints.length} key points covered; the topic is ${topic}.${missing}`,
  }
}

const structure: Gauge = (m, _brief, shape) => ({
  score: mean(
    near(m.words, shape.norm[0], shape.norm[1]),
    scaled(m.rhythm, 1, 7),
    scaled(m.headline.length, 140, 60),
  ),
  reason: `${m.words} words where ${shape.norm[0]} to ${shape.norm[1]} are usual, ${m.headings} headings, a ${shape.headline} of ${m.headline.length} characters.`,
})

const tone: Gauge = (m, brief) => {
  const informal = INFORMAL_TONES.has(brief.tone)
  const fits = informal
    ? scaled(m.contractions, -2, 4)
    : brief.tone === 'formal'
      ? scaled(m.contractions, 5, 0)
      : 8
  return {
    score: mean(scaled(m.loudWords.length, 3, 0), scaled(m.exclamations, 4, 0), fits),
    reason: `${m.loudWords.length} loud words, ${m.exclamations} exclamation marks and ${m.contractions} contractions for a ${brief.tone} tone.`,
  }
}

const action: Gauge = (m) => ({
  score: mean(yes(m.hasCallToAction, 1), scaled(m.address, 0, 3.5), scaled(m.address, 0, 3.5)),
  reason: `${m.hasCallToAction ? 'It ends with a call to action' : 'It has no call to action'}; the reader is addressed ${m.address.toFixed(1)} times per 100 words.`,
})

const hook: Gauge = (m) => ({
  score: mean(
    yes(m.questionInOpening, 4),
    near(m.headline.length, 25, 70),
    scaled(m.questions, 0, 3),
    scaled(m.address, 0, 3),
  ),
  reason: `${m.questionInOpening ? 'A question' : 'No question'} in the opening, ${m.questions} in all; the headline has ${m.headline.length} characters.`,
})

const persuasion: Gauge = (m, brief) => ({
  score: mean(
    scaled(m.address, 0, 4),
    scaled(m.covered.length / Math.max(1, brief.keyPoints.length), 0, 1),
    scaled(m.loudWords.length + m.exclamations, 4, 0),
    scaled(m.rhythm, 1, 8),
  ),
  reason: `${m.covered.length} of ${brief.keyPoints.length} arguments of the brief are made, the reader is addressed ${m.address.toFixed(1)} times per 100 words, ${m.loudWords.length} loud words weaken it.`,
})

const originality: Gauge = (m) => ({
  score: mean(scaled(m.variety, 40, 72), scaled(m.rhythm, 2, 9), yes(m.loudWords.length === 0, 5)),
  reason: `${Math.round(m.variety)} different words per 100, sentence length varies by ${m.rhythm.toFixed(1)} words, ${m.loudWords.length} stock phrases.`,
})

const overall: Gauge = (m, brief, shape) => {
  const parts = [readability, coverage, structure, originality].map((gauge) => gauge(m, brief, shape))
  return {
    score: mean(...parts.map(({ score }) => score)),
    reason: `Mean of four measures. ${parts[0]?.reason ?? ''} ${parts[1]?.reason ?? ''}`.trim(),
  }
}

/** Which measure stands for a criterion, by the words of its name first and of its description second. */
const GAUGES: readonly [RegExp, Gauge][] = [
  [/call to action|\bcta\b|\bactions?\b|next step|conver|friction/i, action],
  [/hook|headline|attention|opening|engag|curio|interest/i, hook],
  [
    /origin|creativ|variety|imagin|imagery|vivid|surpris|memorab|distinct|fresh|novel|storytell/i,
    originality,
  ],
  [/benefit|value|persua|proof|credib|trust|urgen|objection|desire|emotion|motivat|offer/i, persuasion],
  [/tone|voice|brand|style|consisten/i, tone],
  [/structur|format|flow|organi|length|layout/i, structure],
  [/clar|read|clear|language|gramm|polish|understand|simpl/i, readability],
  [/cover|complet|accura|brief|relev|faith|audience|\bfit\b|substance|depth|useful|inform|topic/i, coverage],
]

export function scoreCriterion(
  name: string,
  description: string,
  m: Measures,
  brief: PromptBrief,
  shape: Shape,
): Score {
  const gauge =
    GAUGES.find(([word]) => word.test(name))?.[1] ??
    GAUGES.find(([word]) => word.test(description))?.[1] ??
    overall
  const { score, reason } = gauge(m, brief, shape)
  return { score: Math.round(Math.min(10, Math.max(1, score)) * 10) / 10, reason }
}
