import type { CompiledRun } from './change.ts'
import type { Committer } from './committer.ts'
import type { Json, RunStore, StepRef } from './interfaces.ts'

/**
 * The item of a step that may fail without the worker that had it, for the port for failures. Read beforehand, because
 * a transition reads nothing; null in flows that have no such port.
 */
export async function itemInDoubt(
  { store, committer }: { store: Pick<RunStore, 'output'>; committer: Committer },
  { flow }: CompiledRun,
  { organisationId, runId, stepId }: StepRef,
): Promise<Json> {
  if ([...flow.nodes.values()].every(({ manifest, installed }) => manifest === installed)) return null
  let inputId: string | null = null
  await committer.commit({
    organisationId,
    runId,
    stepIds: [stepId],
    wantReady: 0,
    apply(run) {
      inputId = run.steps.get(stepId)?.inputId ?? null
      return null
    },
  })
  return inputId === null ? null : (await store.output(organisationId, inputId)).value
}
