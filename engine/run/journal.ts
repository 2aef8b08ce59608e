import { PressroomError, type Usage } from '#graph'
import type { Committer } from './committer.ts'
import type { CallContext, CallJournal, Clock, RunStore, StreamChunk } from './interfaces.ts'
import { persist } from './persist.ts'
import { type At, unobserved } from './points.ts'
import type { RunCache } from './run-cache.ts'
import { monthSpent, spent } from './limits/run-budget.ts'
import { ALL_OPEN, recordCall, stop } from './transitions.ts'

/** Pieces of text that arrive within this time travel as one. */
const STREAM_INTERVAL_MS = 120

/** Makes finished model calls durable (R4) and carries unfinished text beside the log. */
export function createJournal(
  store: Pick<RunStore, 'findCall' | 'appendStream'>,
  committer: Committer,
  cache: RunCache,
  worker: string,
  clock: Clock,
  onStreamError: (error: unknown) => void,
  at: At = unobserved,
): CallJournal {
  const waiting = new Map<string, StreamChunk>()

  const flush = (context: CallContext, callId: string) => {
    const chunk = waiting.get(callId)
    waiting.delete(callId)
    // Lost stream text is not lost work: the whole text is in the log when the call is finished.
    if (chunk) store.appendStream(context.organisationId, context.runId, chunk).catch(onStreamError)
  }

  /** R8: a run that has used up its budget makes no further call, and ends. */
  const withinBudget = async ({ organisationId, runId }: CallContext, used: Usage) => {
    const compiled = await cache.get(organisationId, runId)
    const failure = spent(compiled.snapshot.flow.limits.budget, used)
    if (!failure) return
    await committer.commit({
      organisationId,
      runId,
      stepIds: [],
      ...ALL_OPEN,
      apply: (run) => stop(run, compiled, failure).writes,
    })
    throw new PressroomError(failure)
  }

  return {
    async find(context, key) {
      const { call, paused, used, month } = await store.findCall(context.step, key)
      if (call) return call
      if (paused) throw runPaused(context.runId)
      await withinBudget(context, used)
      const refused = month && monthSpent(month)
      if (refused) throw new PressroomError(refused)
      at('call.missing', context.step)
      return null
    },

    async record(context, call) {
      at('call.replied', context.step)
      waiting.delete(call.id)
      const { organisationId, runId, step } = context
      const compiled = await cache.get(organisationId, runId)
      const holder = { worker, stepId: step.stepId, attempt: step.attempt }
      let held = false
      let tries = 0
      await persist(clock, context.signal, async () => {
        // A commit whose answer was lost may have come through.
        held = tries > 0 && (await store.findCall(step, call.key)).call !== null
        tries += 1
        if (held) return
        await committer.commit({
          organisationId,
          runId,
          stepIds: [step.stepId],
          wantReady: 0,
          apply(run) {
            const { held: still, writes } = recordCall(run, compiled, holder, call)
            held = still
            return writes
          },
        })
      })
      if (!held) throw leaseLost(step.stepId)
      at('call.recorded', step)
    },

    stream(context, chunk) {
      const earlier = waiting.get(chunk.callId)
      if (earlier) {
        earlier.text += chunk.text
        return
      }
      waiting.set(chunk.callId, { ...chunk })
      clock.after(STREAM_INTERVAL_MS, () => flush(context, chunk.callId))
    },
  }
}

export const RUN_PAUSED = 'run.paused'

function runPaused(runId: string): PressroomError {
  return new PressroomError({
    code: RUN_PAUSED,
    message: 'The run is paused, so no new model call is made.',
    fix: 'Resume the run.',
    facts: { runId },
  })
}

export function leaseLost(stepId: string): PressroomError {
  return new PressroomError({
    code: 'step.lease_lost',
    message: 'Another worker has taken this step over.',
    fix: 'Nothing: the other worker goes on with it.',
    facts: { stepId },
  })
}
