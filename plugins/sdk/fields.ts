import { z } from 'zod'
import type { AgentRole } from './values.ts'

/**
 * What the studio and the engine must know of a configuration field beyond its JSON Schema. It travels inside the
 * schema under the key `x-pressroom`.
 * - `template`: Liquid over `input`, `item` and `run`, rendered inside the step's isolate before `run` is called.
 * - `agent`: a reference `{ agent, model? }` that the engine resolves before the step starts (see `AgentChoice`).
 * - `model`: the id of a model configuration, or empty for the organisation's default.
 * - `content-type`: the slug of a content type; the engine puts the content type itself into the step.
 */
export type FieldHint =
  | { kind: 'template'; multiline?: boolean }
  | { kind: 'agent'; role: AgentRole }
  | { kind: 'model' }
  | { kind: 'content-type' }
  | { kind: 'conditions' }

const hinted = <T extends z.ZodType>(schema: T, hint: FieldHint): T => schema.meta({ 'x-pressroom': hint })

/** A text that may hold Liquid, such as `Summarise: {{ input }}`. */
export const template = (options: { multiline?: boolean } = {}) =>
  hinted(z.string(), { kind: 'template', ...options })

/** One agent of a role speaking through one model configuration (its default one when `model` is left out). */
export const agentChoice = (role: AgentRole) =>
  hinted(z.object({ agent: z.string().min(1), model: z.string().min(1).optional() }), { kind: 'agent', role })

export const modelChoice = () => hinted(z.string().min(1).optional(), { kind: 'model' })

export const contentTypeChoice = () => hinted(z.string().min(1), { kind: 'content-type' })

export const CONDITION_OPERATORS = [
  'equals',
  'not-equals',
  'contains',
  'not-contains',
  'greater-than',
  'less-than',
  'is-empty',
  'is-not-empty',
] as const

/** Conditions are data: `field` is a dotted path into the item (empty for the item itself). */
export const conditions = () =>
  hinted(
    z
      .array(
        z.object({
          field: z.string(),
          operator: z.enum(CONDITION_OPERATORS),
          value: z.union([z.string(), z.number(), z.boolean()]).optional(),
        }),
      )
      .min(1),
    { kind: 'conditions' },
  )
