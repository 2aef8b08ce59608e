import { REMARKS } from './remarks.ts'
import {
  asNoun,
  clip,
  contentWords,
  contract,
  headingOf,
  lowerFirst,
  midSentence,
  phrase,
  shortPhrase,
  subjectOf,
  upperFirst,
  wordsOf,
} from './language.ts'
import type { PromptBrief } from './prompt.ts'
import type { Random } from './random.ts'
import { INFORMAL_TONES, TONE_LINES, VOICES, type VoiceName } from './voices.ts'

/** A writer's supply of sentences for one brief. What it hands out is not handed out again until all was used. */
export interface Copy {
  brief: PromptBrief
  voice: VoiceName
  random: Random
  /** What the reader should do, as an imperative without a full stop: "Book a pilot". */
  cta: string
  /** Short, for the middle of a sentence. */
  topic: string
  audience: string
  /** In full. */
  wholeTopic: string
  /** The topic where it is a sentence of its own. */
  newsTopic: string | null
  wholeAudience: string
  points: string[]
  title: string
  /** The topic as it stands in a title or heading. */
  headTopic: string
  opening: string[]
  closing: string
  /** A key point as sentences: the point itself first, then at most `more` remarks on it. */
  section(point: string, more: number): string[]
  /** The same below a heading that says the point already. */
  underHeading(point: string, more: number): string[]
  /** One remark on its own. */
  remark(): string
  /** Words for a `#` tag, without the `#`. */
  tags: string[]
}

const VERB =
  /\b(?:is|are|was|were|has|have|can|will|does|do|needs?|keeps?|makes?|lets?|gives?|helps?|runs?|works?|stays?|means?|takes?|starts?|comes?|gets?|goes|shows?|offers?|supports?|matters?|saves?|leaves?|reads?|becomes?|brings?)\b/i
const IMPERATIVE =
  /^(?:keep|use|run|choose|start|begin|stop|avoid|plan|make|write|read|build|save|cut|get|give|take|find|see|try|ask|show|tell|learn|know|stay|set|put|focus|share|protect|reduce|improve|switch|send|own|let|turn|check|measure|test|compare|create|connect|bring|add|prefer|explain|name|state|import|export|collect|work|manage|publish|launch|automate|invite|join|answer|listen|think|remember|spend|pay|earn|win|ship|deliver|design|control|track|follow|look|go|help|never|always|do|don't)\b/i
const ORDER =
  /^(?!(?:behind|beyond|under|over|across|inside|within|about|after|before|between|around|all|not|of|in|on|at|for|with|from|to|by|is|only)\b)[a-z]+ (?:your|the|a|an|every|our|each|their)\b/i
const THIRD_PERSON =
  /^(?:is|has|can|will|does|needs|keeps|makes|lets|gives|helps|runs|works|stays|means|takes|starts|comes|gets|shows|offers|supports|saves|reads|brings|cuts|reduces|improves)\b/i
const QUESTION_WORD = /^(?:how|why|what|when|where|who|which|whether)\b/i

/** The point as a full sentence, whatever its form: a clause, an order, a question clause or a noun phrase. */
export function statementOf(point: string, pattern: string): string {
  if (point.endsWith('?')) return upperFirst(point)
  if (QUESTION_WORD.test(point)) return `It is worth asking ${lowerFirst(point)}.`
  if (IMPERATIVE.test(point) || ORDER.test(point)) return `${upperFirst(point)}.`
  if (THIRD_PERSON.test(point)) return `It ${lowerFirst(point)}.`
  if (wordsOf(point).length > 9 || (VERB.test(point) && wordsOf(point).length > 3))
    return `${upperFirst(point)}.`
  return pattern.replaceAll('{point}', () => midSentence(point))
}

const ACTION =
  'bookmark|save|follow|try|book|sign up|download|start|register|subscribe|contact|buy|order|visit|join|request|ask|schedule|apply|donate|share|reply|switch|test|install|read|get in touch|reserve|watch|call|write to|choose|adopt|see|attend|come'

const BY_KEYWORD: readonly [RegExp, string][] = [
  [/\bdemos?\b/i, 'Ask for a demo'],
  [/\btrials?\b|\bpilots?\b/i, 'Start a trial'],
  [/sign.?ups?|registrations?|register/i, 'Sign up'],
  [/download/i, 'Download it'],
  [/subscri/i, 'Subscribe'],
  [/\bsales?\b|\bbuy|purchas|\borders?\b/i, 'Order yours'],
  [/webinar|event|attend/i, 'Save your seat'],
  [/comment|discuss|engag|repl(?:y|ies)/i, 'Tell us what you think'],
  [/\bappl(?:y|ications?)\b|hir(?:e|ing)/i, 'Apply now'],
  [/donat/i, 'Make a donation'],
]

const GIVEN_CALL =
  /call to action (?:reads|says|is|must (?:be|read|say)|should (?:be|read|say))[:\s]+["\u201c]([^"\u201d]{2,80})/i

/** "Readers bookmark the thread" hopes for an act, whichever it is. */
const HOPED =
  /^(?:readers?|visitors?|customers?|people|subscribers?|recipients?|followers?)\s+(?!to\b|who\b|are\b|will\b|should\b|can\b|and\b|is\b|have\b|with\b|that\b|of\b|in\b|from\b)([a-z]+\b.*)$/i

const toReader = (act: string): string =>
  upperFirst(
    act
      .replace(/\btheir\b/g, 'your')
      .replace(/\bthey\b/g, 'you')
      .replace(/\bthemselves\b/g, 'yourself'),
  )

/** What the goal wants of the reader, in the goal's own words where it names an act. */
export function callToAction(goal: string, topic: string, constraints = ''): string {
  const given = GIVEN_CALL.exec(constraints)?.[1]
  if (given) return phrase(given)
  const clean = phrase(goal)
  const act = new RegExp(
    `\\b(?:to|and|or|readers?|visitors?|people|them|users?|customers?|^)\\s*((?:${ACTION})(?:s|es)?\\b.*)$`,
    'i',
  ).exec(clean)?.[1]
  if (act && act.length <= 90) {
    const [first = '', ...rest] = act.split(' ')
    const verb = new RegExp(`^(?:${ACTION})$`, 'i').test(first)
      ? first
      : first.replace(/(?<=tch|sh|ss|x)es$|s$/i, '')
    return upperFirst(
      [verb, ...rest]
        .join(' ')
        .replace(/\btheir\b/g, 'your')
        .replace(/\bthey\b/g, 'you'),
    )
  }
  const hoped = HOPED.exec(clean)?.[1]
  if (hoped && hoped.length <= 110) return toReader(hoped)
  const found = BY_KEYWORD.find(([pattern]) => pattern.test(clean))?.[1]
  return found ?? `Get in touch to learn more about ${asNoun(clip(topic, 80))}`
}

/** A point that is a question stays one. */
const pointOf = (raw: string): string => (/[\p{L}\p{N}]\?$/u.test(raw) ? `${phrase(raw)}?` : phrase(raw))

const MAX_TITLE = 90

const ADDRESSES = [
  'It is written for {audience}.',
  'These lines are for {audience}.',
  'The readers in mind: {audience}.',
] as const

const LEADS = [
  'Much of {topic} rests on this.',
  'This matters to {audience} for a plain reason.',
  'It is easy to say, so look at what it asks of you.',
  'This one comes up early whenever the talk turns to {topic}.',
  'Few points are as quick to check.',
  'Take this one at face value first.',
] as const

export function createCopy(brief: PromptBrief, voiceName: VoiceName, random: Random): Copy {
  const voice = VOICES[voiceName]
  const topic = phrase(brief.topic) || brief.topic
  const audience = phrase(brief.audience) || 'readers'
  const question = QUESTION_WORD.test(topic) && !/^how to\b/i.test(topic) && wordsOf(topic).length > 6
  const short = {
    topic: question ? 'this question' : shortPhrase(topic),
    audience: midSentence(shortPhrase(audience)),
  }
  const whole = { topic: subjectOf(topic) === null ? topic : short.topic, audience: midSentence(audience) }
  const informal = INFORMAL_TONES.has(brief.tone)
  const { habits } = voice
  const fill = (pattern: string, names = short) =>
    (informal && voiceName !== 'technical' ? contract(pattern) : pattern)
      .replaceAll('{topic}', () => asNoun(names.topic))
      .replaceAll('{Topic}', () => upperFirst(names.topic))
      .replaceAll('{audience}', () => names.audience)
  const remarks = random.deck(REMARKS[voiceName])
  const statements = random.deck(voice.statements)
  const remark = () => fill(remarks())
  const toneLine = fill(random.pick(TONE_LINES[brief.tone] ?? TONE_LINES['professional'] ?? ['']))
  const asked = random.chance(habits.noQuestion) ? null : fill(random.pick(voice.questions))
  const late = random.chance(habits.lateTopic)
  const opening = late ? [remark(), toneLine] : [fill(random.pick(voice.openings), whole), toneLine]
  if (!late) opening.push(fill(random.pick(ADDRESSES), whole))
  if (asked !== null) opening.unshift(asked)
  const asides = [
    ...(random.chance(habits.long) ? [fill(random.pick(voice.longSentences))] : []),
    ...(random.chance(habits.loud) ? [fill(random.pick(voice.loud))] : []),
  ]
  const title = fill(random.pick(random.chance(habits.plainTitle) ? voice.plainTitles : voice.titles), whole)
  const leads = random.deck(LEADS)
  let told = 0
  const section = (more: number, lead: string) => {
    told += 1
    const aside = more > 0 && told <= 2 ? asides.shift() : undefined
    return [lead, ...Array.from({ length: more }, remark), ...(aside ? [aside] : [])]
  }
  return {
    brief,
    voice: voiceName,
    random,
    cta: callToAction(brief.goal, topic, brief.constraints),
    topic: asNoun(short.topic),
    audience: short.audience,
    wholeTopic: asNoun(whole.topic),
    newsTopic: subjectOf(topic) === null ? null : upperFirst(topic),
    wholeAudience: whole.audience,
    points: brief.keyPoints.map(pointOf).filter((point) => point !== ''),
    title: title.length > MAX_TITLE ? clip(upperFirst(topic), MAX_TITLE) : title,
    headTopic: topic.length <= MAX_TITLE ? upperFirst(topic) : upperFirst(shortPhrase(topic)),
    opening,
    closing: fill(random.pick(voice.closings)),
    section: (point, more) => section(more, statementOf(point, fill(statements()))),
    underHeading(point, more) {
      const said = statementOf(point, fill(statements()))
      const repeats = said.toLowerCase() === `${headingOf(point).toLowerCase()}.`
      return section(more, repeats ? fill(leads()) : said)
    },
    remark,
    tags: tagsOf(shortPhrase(topic), short.audience, brief.contentType),
  }
}

function tagsOf(topic: string, audience: string, contentType: string): string[] {
  const camel = (text: string) =>
    text
      .split(/\s+/)
      .filter((word) => contentWords(word).length > 0)
      .map((word) => wordsOf(word).map(upperFirst).join(''))
  const fromTopic = camel(topic).filter((word) => word.length > 1)
  const whole = fromTopic.slice(0, 3).join('')
  const tags = [
    whole,
    ...fromTopic.slice(0, 2),
    ...camel(audience).slice(0, 1),
    ...camel(contentType).slice(0, 1),
  ]
  const usable = [...new Set(tags)].filter((tag) => /\p{L}/u.test(tag) && tag.length <= 40)
  return usable.length > 0 ? usable : ['News']
}
