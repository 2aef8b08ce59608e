import type { Usage } from '#graph'
import type { Committer } from './committer.ts'
import type { Hint, Json, RunStore, StepRef } from './interfaces.ts'
import type { RunCache } from './run-cache.ts'
import { resolve } from './waits.ts'

export interface AnsweringParts {
  runs: RunStore
  committer: Committer
  cache: RunCache
  /** Tells workers that steps are ready. */
  hint(hints: Hint[]): void
}

/** Gives a waiting step what it waits for, durably; false where it waits for this no more. */
export async function answerWait(
  { committer, cache, hint }: Omit<AnsweringParts, 'runs'>,
  at: StepRef,
  answer: { value: Json; by: string | null; usage?: Usage },
): Promise<boolean> {
  const { organisationId, runId, stepId, attempt } = at
  const compiled = await cache.get(organisationId, runId)
  let taken = false
  await committer.commit({
    organisationId,
    runId,
    stepIds: [stepId],
    wantReady: 0,
    apply(run) {
      const { held, writes } = resolve(run, compiled, at, answer)
      taken = held
      return writes
    },
  })
  if (taken) hint([{ organisationId, runId, stepId, attempt }])
  return taken
}
