import { type BriefInput, type BriefMapping, type TriggerKind, briefMappingSchema, z } from '#graph'
import { type BriefDraft, asInput, emptyDraft } from '../brief/brief-draft.ts'

// Compiled validators need `eval`, which the studio's content security policy rightly refuses.
z.config({ jitless: true })

/** How a brief is filled while it is being written: one point a line. */
export type MappingDraft = Omit<BriefDraft, 'keyPoints'> & { keyPoints: string }

export function draftOfMapping(mapping: BriefMapping | BriefInput | null): MappingDraft {
  if (!mapping) return { ...emptyDraft(), keyPoints: '' }
  return { ...emptyDraft(), ...mapping, keyPoints: mapping.keyPoints.join('\n') }
}

/** Null while something that every brief needs is missing. */
export function mappingOf(draft: MappingDraft): BriefMapping | null {
  const input = asInput({ ...draft, keyPoints: draft.keyPoints.split('\n') })
  return briefMappingSchema.safeParse(input).data ?? null
}

/** As a node keeps it, finished or not. */
export function draftOfPatterns(patterns: unknown): MappingDraft {
  const draft = { ...emptyDraft(), keyPoints: '' }
  if (typeof patterns !== 'object' || patterns === null) return draft
  for (const [key, value] of Object.entries(patterns)) {
    if (!Object.hasOwn(draft, key)) continue
    const text: unknown = Array.isArray(value) ? value.join('\n') : value
    if (typeof text === 'string') draft[key as keyof MappingDraft] = text
  }
  return draft
}

/** What a node keeps of it; undefined where nothing is written. */
export function patternsOf(draft: MappingDraft): Record<string, unknown> | undefined {
  const input = asInput({ ...draft, keyPoints: draft.keyPoints.split('\n') })
  const written = Object.entries(input).filter(([, value]) => !Array.isArray(value) || value.length > 0)
  return written.length > 0 ? Object.fromEntries(written) : undefined
}

const SAMPLE_RUN = {
  run: { id: 'run_…', flow: 'The other flow', status: 'succeeded' },
  brief: { topic: 'Green tea', audience: 'Home cooks', goal: 'Sell the spring harvest', tone: 'casual' },
  deliverable: {
    title: 'Tea worth waking up for',
    contentType: 'blog-post',
    text: 'The first leaves of spring…',
  },
}

/** What may come in, for looking at a mapping before anything has. A schedule's is what it really gets. */
export function sampleBody(kind: TriggerKind, timeZone: string, now: Date): unknown {
  if (kind === 'flow') return SAMPLE_RUN
  if (kind === 'webhook') {
    return {
      title: 'Spring harvest',
      description: 'The first leaves of the year',
      points: ['Hand-picked', 'Organic'],
    }
  }
  const part = (options: Intl.DateTimeFormatOptions, language = 'en-GB') =>
    new Intl.DateTimeFormat(language, { timeZone, ...options }).format(now)
  return {
    date: part({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'sv-SE'),
    time: part({ hour: '2-digit', minute: '2-digit' }),
    weekday: part({ weekday: 'long' }),
    month: part({ month: 'long' }),
    year: part({ year: 'numeric' }),
    timeZone,
  }
}

const MOST_PATHS = 24
const DEEPEST = 4

/** Paths of what came in that a person may put into an answer: texts, numbers and lists of them. */
export function pathsOf(body: unknown, before = '', depth = 0): string[] {
  if (typeof body !== 'object' || body === null) return before === '' ? [] : [before]
  if (Array.isArray(body) && body.every((entry) => typeof entry !== 'object'))
    return before === '' ? [] : [before]
  if (depth === DEEPEST) return []
  return Object.entries(body)
    .filter(([key]) => /^[^.{}\s]+$/.test(key))
    .flatMap(([key, value]) => pathsOf(value, before === '' ? key : `${before}.${key}`, depth + 1))
    .slice(0, MOST_PATHS)
}

/** What somebody typed as JSON; `fault` says what is wrong with it. */
export function jsonIn(text: string): { value: unknown; fault: string | null } {
  if (text.trim() === '') return { value: null, fault: null }
  try {
    return { value: JSON.parse(text) as unknown, fault: null }
  } catch (error) {
    return { value: null, fault: error instanceof Error ? error.message : String(error) }
  }
}
