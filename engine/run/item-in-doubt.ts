import { asArrived } from './arrived.ts'
import type { CompiledRun } from './change.ts'
import type { Committer } from './committer.ts'
import type { Json, RunStore, StepRecord, StepRef } from './interfaces.ts'

/**
 * The item of a step that may fail without the worker that had it, for the port for failures. Read beforehand, because
 * a transition reads nothing; null in flows that have no such port.
 */
export async function itemInDoubt(
  { store, committer }: { store: Pick<RunStore, 'output'>; committer: Committer },
  { snapshot, flow }: CompiledRun,
  { organisationId, runId, stepId }: StepRef,
): Promise<Json> {
  if ([...flow.nodes.values()].every(({ manifest, installed }) => manifest === installed)) return null
  let step: StepRecord | undefined
  await committer.commit({
    organisationId,
    runId,
    stepIds: [stepId],
    wantReady: 0,
    apply(run) {
      step = run.steps.get(stepId)
      return null
    },
  })
  if (!step?.inputId) return null
  const output = await store.output(organisationId, step.inputId)
  return asArrived(snapshot.edits, step.nodeId, output).value
}
