import { type RunStatus, isTerminal } from '#graph'
import { runOfCall } from '#run/ids.ts'
import type { RunReader } from '#run/interfaces.ts'
import type { CallRef, TriggerCalls, TriggerRef } from '#run/triggers/interfaces.ts'
import { endedRun } from '#run/triggers/ended-run.ts'
import type { Triggers } from '#run/triggers/triggers.ts'

/** Answers that are held open at a time; beyond, a webhook answers with the link at once. */
const MOST_WAITING = 200

interface ResultParts {
  triggers: Pick<Triggers, 'done'>
  stores: { triggerCalls: Pick<TriggerCalls, 'outcome'>; reader: Pick<RunReader, 'watch' | 'document'> }
}

export type Outcome = Awaited<ReturnType<TriggerCalls['outcome']>>

/** Waits for what calls come to. */
export function createResults({ triggers, stores }: ResultParts) {
  let waiting = 0

  async function ended(trigger: TriggerRef, callId: string, signal: AbortSignal): Promise<void> {
    const gone = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    )
    await Promise.race([triggers.done(callId), gone])
    let wake = Promise.withResolvers<void>()
    const unwatch = stores.reader.watch(runOfCall(callId), () => wake.resolve())
    try {
      while (!signal.aborted) {
        const outcome = await stores.triggerCalls.outcome(trigger, callId)
        if (isOver(outcome)) return
        await Promise.race([wake.promise, gone])
        wake = Promise.withResolvers()
      }
    } finally {
      unwatch()
    }
  }

  return {
    /** Resolves when the run has ended, or when `signal` says that it is not worth waiting any longer. */
    async wait(trigger: TriggerRef, { callId }: CallRef, signal: AbortSignal): Promise<void> {
      if (waiting >= MOST_WAITING || signal.aborted) return
      waiting += 1
      try {
        await ended(trigger, callId, signal)
      } finally {
        waiting -= 1
      }
    },
    outcome: (trigger: TriggerRef, callId: string) => stores.triggerCalls.outcome(trigger, callId),
    async result(organisationId: string, callId: string) {
      const document = await stores.reader.document(organisationId, runOfCall(callId))
      return document && endedRun(document)
    },
  }
}

export const isOver = (outcome: Outcome): boolean =>
  outcome === null || outcome.status === 'refused' || endsRun(outcome.run)

const endsRun = (status: RunStatus | null): boolean => status !== null && isTerminal(status)
