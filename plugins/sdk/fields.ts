import { z } from 'zod'
import { briefPatternsSchema } from './child-runs.ts'
import { conditionSchema } from './conditions.ts'
import type { AgentRole } from './values.ts'

/**
 * What the studio and the engine must know of a configuration field beyond its JSON Schema. It travels inside the
 * schema under the key `x-pressroom`.
 * - `template`: Liquid over `input`, `item` and `run`, rendered inside the step's isolate before `run` is called.
 * - `agent`: a reference `{ agent, model? }` that the engine resolves before the step starts (see `AgentChoice`).
 * - `model`: the id of a model configuration, or empty for the organisation's default.
 * - `content-type`: the slug of a content type; the engine puts the content type itself into the step.
 * - `conditions`: a list of `Condition`.
 * - `schedule`: a cron expression with its time zone.
 * - `connection`: the id of a saved connection of the kind named.
 * - `flow`: the id of a published flow that the node runs.
 * - `brief`: how an item (or each entry of the list at the path in the field named `list`) fills the brief of the flow
 *   that the field named `flow` holds.
 */
export type FieldHint =
  | { kind: 'template'; multiline?: boolean }
  | { kind: 'agent'; role: AgentRole }
  | { kind: 'model' }
  | { kind: 'content-type' }
  | { kind: 'conditions' }
  | { kind: 'schedule' }
  | { kind: 'connection'; connection: string }
  | { kind: 'flow' }
  | { kind: 'brief'; flow: string; list?: string }

const hinted = <T extends z.ZodType>(schema: T, hint: FieldHint): T => schema.meta({ 'x-pressroom': hint })

/** A text that may hold Liquid, such as `Summarise: {{ input }}`. */
export const template = (options: { multiline?: boolean } = {}) =>
  hinted(z.string(), { kind: 'template', ...options })

/** One agent of a role speaking through one model configuration (its default one when `model` is left out). */
export const agentChoice = (role: AgentRole) =>
  hinted(z.object({ agent: z.string().min(1), model: z.string().min(1).optional() }), { kind: 'agent', role })

export const modelChoice = () => hinted(z.string().min(1).optional(), { kind: 'model' })

export const contentTypeChoice = () => hinted(z.string().min(1), { kind: 'content-type' })

/** Conditions are data (see `Condition`): rows of field, operator and value. `holds` says whether an item meets one. */
export const conditions = () => hinted(z.array(conditionSchema).min(1), { kind: 'conditions' })

/**
 * When something is to happen: `{ cron, timeZone }`. `cron` has five fields (minute, hour, day of the month, month, day
 * of the week; numbers or English names such as MON, with `*`, `,`, `-` and `/`), read in the IANA zone `timeZone`
 * ("Europe/London"). A flow whose expression or zone is wrong can't be published.
 */
export const schedule = () =>
  hinted(z.object({ cron: z.string().min(1).max(200), timeZone: z.string().min(1).max(100) }), {
    kind: 'schedule',
  })
export type Schedule = z.infer<ReturnType<typeof schedule>>

/** The id of a connection that the organisation saved, of one kind such as `n8n`. Never its address or its secrets. */
export const connectionChoice = (connection: string) =>
  hinted(z.string().min(1), { kind: 'connection', connection })

/** The id of a published flow that the node runs (see `runs` of the node's definition). */
export const flowChoice = () => hinted(z.string().min(1).max(200), { kind: 'flow' })

/** How an item fills the brief of the flow chosen in the field `flow`; left out where that flow takes none. */
export const briefPatterns = (flow: string, more: { list?: string } = {}) =>
  hinted(briefPatternsSchema.optional(), { kind: 'brief', flow, ...more })
