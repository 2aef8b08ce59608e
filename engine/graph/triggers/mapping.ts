/**
 * How what came in (the body of a webhook, a flow's result, the time of a schedule) becomes the answers of a brief: each
 * answer is a text in which `{{ order.title }}` stands for a field of what came in. Data, not a language: a placeholder
 * names a path and nothing else.
 */
import { z } from 'zod'
import { valueAt } from '#sdk'
import { type BriefInput, type RunInput, briefInputSchema } from '../catalog.ts'
import { type Failure, PressroomError } from '../errors.ts'

const MAX_PATTERN = 20_000
const pattern = z.string().max(MAX_PATTERN)
const needed = pattern.trim().min(1)

export const briefMappingSchema = z.strictObject({
  topic: needed,
  audience: needed,
  goal: needed,
  /** One that is a single placeholder for a list stands for all its entries. */
  keyPoints: z.array(needed).min(1).max(20),
  tone: needed,
  constraints: pattern.optional(),
  examples: pattern.optional(),
  additionalContext: pattern.optional(),
})
export type BriefMapping = z.infer<typeof briefMappingSchema>

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g
const ONLY_PLACEHOLDER = /^\{\{\s*([^{}]*?)\s*\}\}$/

/** Paths of the placeholders in a pattern, in order. */
export const pathsIn = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([, path = '']) => path)

export interface Mapped {
  /** Null where the answers make no brief; `failure` says why. */
  input: RunInput | null
  failure: Failure | null
  /** The answers as far as they go, for looking at. */
  answers: Partial<Record<keyof BriefInput, string | string[]>>
  /** Paths that led nowhere. */
  missing: string[]
}

/** Without a mapping the flow takes no brief, and gets what came in as it is. */
export function mapInput(mapping: BriefMapping | null, body: unknown): Mapped {
  if (!mapping) {
    const value = z.json().safeParse(body)
    return { input: value.success ? { value: value.data } : {}, failure: null, answers: {}, missing: [] }
  }
  const missing = new Set<string>()
  const fill = (text: string) =>
    text.replace(PLACEHOLDER, (_, path: string) => {
      const value = valueAt(body, path)
      if (value === undefined || value === null) missing.add(path)
      return textOf(value)
    })
  const answers: Mapped['answers'] = {}
  for (const [key, text] of Object.entries(mapping) as [keyof BriefMapping, string | string[]][]) {
    if (typeof text === 'string') {
      const filled = fill(text).trim()
      if (filled !== '') answers[key] = filled
    } else {
      answers[key] = text.flatMap((entry) => entriesOf(entry, body) ?? [fill(entry)]).filter(isFilled)
    }
  }
  if (typeof answers.tone === 'string') answers.tone = answers.tone.toLowerCase()
  const parsed = briefInputSchema.safeParse(answers)
  const common = { answers, missing: [...missing] }
  if (parsed.success) return { ...common, input: { brief: parsed.data }, failure: null }
  return { ...common, input: null, failure: noBrief(parsed.error, common) }
}

const isFilled = (text: string) => text.trim() !== ''

function entriesOf(pattern: string, body: unknown): string[] | null {
  const path = ONLY_PLACEHOLDER.exec(pattern.trim())?.[1]
  const value = path === undefined ? undefined : valueAt(body, path)
  if (typeof value === 'string' && value.includes('\n')) return value.split(/\r?\n/)
  return Array.isArray(value) ? value.map(textOf) : null
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).join('\n')
  return JSON.stringify(value)
}

/** "keyPoints" as people read it. */
const wordsOf = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function noBrief(error: z.ZodError, { answers, missing }: Pick<Mapped, 'answers' | 'missing'>): Failure {
  const issues = error.issues.map(({ path, message }) => ({ path: `brief.${path.join('.')}`, message }))
  const wrong = error.issues.map(({ code, path, message }) => {
    const [key = ''] = path
    const absent = code === 'too_small' || !(key in answers)
    return absent ? `nothing is there for ${wordsOf(String(key))}` : `${wordsOf(path.join('.'))}: ${message}`
  })
  const nowhere = missing.length > 0 ? ` Nothing came in at ${missing.join(', ')}.` : ''
  return new PressroomError({
    code: 'input.mapping',
    message: `What came in does not fill the brief: ${wrong.join('; ')}.${nowhere}`,
    fix: 'Change how the trigger fills the brief, or what is sent to it.',
    facts: { issues, missing },
  }).failure
}
