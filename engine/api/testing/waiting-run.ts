/** A run whose first step waits, brought there as a worker would. */
import type { WaitSpec } from '#graph'
import type { Transition } from '#run/interfaces.ts'
import { compiledRun } from '#run/run-cache.ts'
import { finish } from '#run/step-end.ts'
import { look } from '#run/transitions.ts'
import { CALLBACK_TOKENS, type Harness } from './harness.ts'

export async function letWait(
  { store: { runs } }: Pick<Harness, 'store'>,
  { organisationId, runId }: { organisationId: string; runId: string },
  wait: WaitSpec,
): Promise<{ stepId: string; attempt: number; token: string }> {
  const compiled = compiledRun(await runs.snapshot(organisationId, runId))
  const transact = async (stepIds: string[], apply: Transition['apply']) => {
    const [result] = await runs.transact([{ organisationId, runId, stepIds, wantReady: 1, apply }])
    if (result?.status === 'rejected') throw result.reason
  }
  let stepId = ''
  let attempt = 0
  await transact([], (run) => {
    const { claimed, writes } = look(run, compiled, 'test', 1)
    ;[{ id: stepId, attempt } = { id: '', attempt }] = claimed
    return writes
  })
  const at = { stepId, attempt }
  const token = CALLBACK_TOKENS.token(at)
  const tokenHash = CALLBACK_TOKENS.hash(token)
  await transact([stepId], (run) => {
    const outcome = { kind: 'waiting' as const, wait, tokenHash, durationMs: 1 }
    return finish(run, compiled, { worker: 'test', ...at }, outcome, 0).writes
  })
  return { ...at, token }
}
