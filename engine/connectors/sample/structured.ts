import { z } from '#graph'
import type { Json } from '#run/interfaces.ts'
import { contentWords } from './language.ts'
import { measure } from './measure.ts'
import { type ParsedPrompt, type PromptBrief, characterOf } from './prompt.ts'
import { type Random, hash } from './random.ts'
import { review } from './review.ts'
import { instanceOf } from './schema-instance.ts'
import { scoreCriterion } from './score.ts'
import { type Shape, shapeOf } from './shapes/index.ts'

type Schema = { [key: string]: Json }

const isObject = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const at = (schema: Json | undefined, ...keys: string[]): Json | undefined =>
  keys.reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), schema)

/** JSON of the asked shape: a review, scores or a ballot where the schema asks for one, else any instance that fits. */
export function structuredReply(
  system: string,
  prompt: ParsedPrompt,
  text: string,
  schema: Schema,
  random: Random,
): Json {
  const made = isObject(schema['properties']) ? known(system, prompt, schema) : null
  if (made !== null && z.fromJSONSchema(schema).safeParse(made).success) return made
  const words = contentWords(
    prompt.brief ? `${prompt.brief.topic} ${prompt.brief.keyPoints.join(' ')}` : text,
  )
  // Schemas count characters one way, JavaScript another; letters of one unit each satisfy both.
  return instanceOf(schema, random, words.filter((word) => /^[\u0020-\uD7FF]+$/.test(word)).slice(0, 40))
}

function known(system: string, prompt: ParsedPrompt, schema: Schema): Json | null {
  const has = (...names: string[]) => names.every((name) => at(schema, 'properties', name) !== undefined)
  const brief = prompt.brief ?? bareBrief(prompt)
  const shape = shapeOf(brief)
  if (has('approved', 'reason', 'notes')) {
    return { ...review(prompt.draft ?? '', brief, shape, system, hash(system)) }
  }
  if (has('criteria')) return scores(prompt, schema, brief, shape)
  if (has('ranking')) return ballot(system, prompt, schema, brief, shape)
  return null
}

function scores(prompt: ParsedPrompt, schema: Schema, brief: PromptBrief, shape: Shape): Json {
  const measures = measure(prompt.draft ?? '', brief, shape)
  const item = at(schema, 'properties', 'criteria', 'items')
  const whole = at(item, 'properties', 'score', 'type') === 'integer'
  const named = at(item, 'properties', 'name', 'enum')
  const names = Array.isArray(named) ? named.map(String) : prompt.criteria.map(({ name }) => name)
  const criteria = names.map((name) => {
    const description = prompt.criteria.find((criterion) => criterion.name === name)?.description ?? ''
    const { score, reason } = scoreCriterion(name, description, measures, brief, shape)
    return { name, score: whole ? Math.round(score) : score, reason }
  })
  const sorted = [...criteria].sort((a, b) => b.score - a.score)
  const [best, worst] = [sorted[0], sorted.at(-1)]
  const summary =
    best && worst
      ? `Strongest: ${best.name}. ${best.reason} Weakest: ${worst.name}. ${worst.reason}`
      : 'No criteria were given.'
  return { criteria, summary }
}

function ballot(
  system: string,
  prompt: ParsedPrompt,
  schema: Schema,
  brief: PromptBrief,
  shape: Shape,
): Json {
  const named = at(schema, 'properties', 'ranking', 'items', 'properties', 'label', 'enum')
  const labels = Array.isArray(named) ? named.map(String) : prompt.finalists.map(({ label }) => label)
  const character = characterOf(system, ['quality', 'conversion', 'creativity'], hash(system))
  const criteria = prompt.criteria.length > 0 ? prompt.criteria : [{ name: character, description: '' }]
  const judged = labels.map((label) => {
    const finalist = prompt.finalists.find((one) => one.label === label || one.label.endsWith(` ${label}`))
    const text = finalist?.text ?? ''
    const measures = measure(text, brief, shape)
    const parts = criteria.map(({ name, description }) => ({
      name,
      ...scoreCriterion(name, description, measures, brief, shape),
    }))
    const merit = parts.reduce((sum, { score }) => sum + score, 0) / parts.length
    return { label, merit, best: [...parts].sort((a, b) => b.score - a.score)[0], order: hash(system + text) }
  })
  judged.sort((a, b) => b.merit - a.merit || a.order - b.order)
  const ranking = judged.map(({ label, merit, best }, index) => {
    const next = judged[index + 1]
    const lead = next
      ? `${merit.toFixed(1)} over all criteria against ${next.merit.toFixed(1)} for ${next.label}.`
      : `${merit.toFixed(1)} over all criteria.`
    return { label, reason: `${lead} Strongest in ${best?.name ?? character}: ${best?.reason ?? ''}`.trim() }
  })
  return { ranking }
}

/** For prompts that hold a text but no brief: nothing is asked of it. */
const bareBrief = (prompt: ParsedPrompt): PromptBrief => ({
  contentType: 'Article',
  slug: 'article',
  topic: (prompt.draft ?? '').split('\n')[0] ?? '',
  audience: 'readers',
  goal: '',
  tone: 'professional',
  keyPoints: [],
  constraints: '',
})
