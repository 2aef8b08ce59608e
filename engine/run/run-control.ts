import type { CompiledRun } from './change.ts'
import type { Committer } from './committer.ts'
import type { Followed } from './followed.ts'
import type { Hint, LockedRun, RunControl, RunStore, Transition } from './interfaces.ts'
import { itemInDoubt } from './item-in-doubt.ts'
import { pause, unpause } from './pausing.ts'
import { type At, unobserved } from './points.ts'
import type { RunCache } from './run-cache.ts'
import { decide } from './step-end.ts'
import { ALL_OPEN, cancel } from './transitions.ts'

/** A worker that is hinted at one step of a run looks at the others as well. */
const HINTS = 50

export interface RunControlParts {
  runs: Pick<RunStore, 'output'>
  committer: Committer
  cache: RunCache
  /** Tells workers that steps are ready. */
  hint(hints: Hint[]): void
  /** Tells workers of this process that a run was cancelled; others ask the database. */
  cancelled(runId: string): void
  at?: At
}

type Wants = Pick<Transition, 'wantReady' | 'delayedToo' | 'waitingToo'> & { stepIds?: string[] }

export function createRunControl(parts: RunControlParts): RunControl {
  const { committer, cache, hint, cancelled, at = unobserved } = parts

  async function change(
    organisationId: string,
    runId: string,
    wants: Wants,
    transition: (run: LockedRun, compiled: CompiledRun) => Followed,
  ) {
    const compiled = await cache.get(organisationId, runId)
    let left: Followed['left'] = []
    let held = false
    await committer.commit({
      organisationId,
      runId,
      stepIds: [],
      ...wants,
      apply(run) {
        const next = transition(run, compiled)
        ;({ left, held } = next)
        return next.writes
      },
    })
    const hints = left.slice(0, HINTS).map(({ id, attempt }) => {
      return { organisationId, runId, stepId: id, attempt }
    })
    if (hints.length > 0) hint(hints)
    return held
  }

  return {
    async cancel(organisationId, runId, by) {
      await change(organisationId, runId, ALL_OPEN, (run, compiled) => cancel(run, compiled, by))
      at('cancel.written')
      cancelled(runId)
    },
    async pause(organisationId, runId, by) {
      await change(organisationId, runId, { wantReady: 0 }, (run, compiled) => pause(run, compiled, by))
    },
    async resume(organisationId, runId, by) {
      await change(organisationId, runId, { wantReady: HINTS }, (run, compiled) => unpause(run, compiled, by))
    },
    async decide(organisationId, runId, { stepId, attempt, decision }, by) {
      const place = { organisationId, runId, stepId, attempt }
      const store = parts.runs
      const item = await itemInDoubt({ store, committer }, await cache.get(organisationId, runId), place)
      const wants = { wantReady: 0, stepIds: [stepId] }
      return change(organisationId, runId, wants, (run, compiled) =>
        decide(run, compiled, place, { decision, by }, item),
      )
    },
  }
}
