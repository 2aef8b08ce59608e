/** Runs that a step starts and waits for: what they start with, and what they come to. */
import { z } from 'zod'
import { NodeError } from './errors.ts'
import { labelOf } from './items.ts'

/** More than this is a flow of its own per part of the list. */
export const MAX_CHILD_RUNS = 200
export const MAX_PARALLEL_RUNS = 20

/**
 * How an item becomes the answers of a brief: `topic: "{{ item.title }}"` and so on, a list of such texts for the key
 * points. Left out where the flow takes no brief: it then gets the item itself.
 */
export const briefPatternsSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/** What one run starts with. `more` stands beside `item` in the patterns of a brief. */
const childInputSchema = z.strictObject({
  item: z.json(),
  more: z.record(z.string(), z.json()).optional(),
})

export const runsWait = {
  kind: z.literal('runs'),
  /** Id of a published flow. */
  flow: z.string().min(1).max(200),
  /** One run each, in this order. */
  inputs: z.array(childInputSchema).min(1).max(MAX_CHILD_RUNS),
  brief: briefPatternsSchema.nullable(),
  /** So many at a time. */
  parallel: z.number().int().min(1).max(MAX_PARALLEL_RUNS),
  /** The step goes on once they have begun, and they go on without it. */
  detached: z.boolean().optional(),
}

/**
 * What became of one run. `result` is what a flow that follows another gets of it: `run`, `brief`, `deliverable` (with
 * `text`), `outputs` (each with `value`). `failure` says why there is none.
 */
export const childRunSchema = z.object({
  runId: z.string().nullable(),
  result: z.json(),
  failure: z.object({ code: z.string(), message: z.string(), fix: z.string() }).nullable(),
})
export type ChildRun = z.infer<typeof childRunSchema>

/** What a wait for runs was answered with, in the order of its inputs. */
export const childRunsOf = (value: unknown): ChildRun[] => z.array(childRunSchema).parse(value)

/** The failure of a step whose run failed, with the way to that run. */
export function childFailed({ runId, failure }: ChildRun, item: unknown): NodeError {
  const why = failure?.message ?? 'It came to nothing.'
  return new NodeError({
    code: 'child.failed',
    message: `The run for “${labelOf(item)}” failed. ${why}`,
    fix: failure?.fix ?? 'Open that run and see what happened.',
    facts: { runId, code: failure?.code ?? null },
  })
}
