import type { Priority } from '#graph'
import type { RunSnapshot, RunStore } from '#run/interfaces.ts'
import { heldFor } from '#run/limits/slots.ts'
import { compiledRun } from '#run/run-cache.ts'
import { emptyProgress } from '#run/transitions.ts'
import { flowOf, testSnapshot } from '../../run/testing/flows.ts'
import { stepOf } from './run-fixtures.ts'
import { BY_ADA } from './run-harness.ts'

/** A run with so many ready steps, which speak through the model if there is one. Resolves with a hint at the first. */
export async function waitingRun(
  store: RunStore,
  organisationId: string,
  id: string,
  count: number,
  { priority = 'normal', model }: { priority?: Priority; model?: string } = {},
) {
  const made = testSnapshot(flowOf(['source']), id)
  const [step] = made.plan.steps
  if (!step) throw new Error('nothing is planned')
  const models = model === undefined ? [] : [{ id: model, label: model, provider: 'p', local: false }]
  const paths = Array.from({ length: count }, (_, index) => String(index))
  const limits = { ...made.flow.limits, maxCloudConcurrent: 10, priority }
  const snapshot: RunSnapshot = {
    ...made,
    organisationId,
    flow: { ...made.flow, limits },
    plan: { ...made.plan, steps: paths.map((path) => ({ ...step, path, models })) },
  }
  const holds = heldFor(models)
  const newSteps = paths.map((path, index) =>
    stepOf(snapshot, path, {
      nodeId: step.nodeId,
      ordinal: [index],
      holds,
      needsExternal: holds.length > 0,
    }),
  )
  const progress = emptyProgress(compiledRun(snapshot))
  const node = { open: count, succeeded: 0, failed: 0, started: true, closed: false }
  await store.createRun(
    snapshot,
    {
      status: 'running',
      newSteps,
      progress: { ...progress, ready: count, nodes: { [step.nodeId]: node } },
    },
    BY_ADA,
  )
  return { organisationId, runId: id, stepId: newSteps[0]?.id ?? '', attempt: 0 }
}
