/**
 * Job: from what happens outside to runs. Boundary: schedules, calls and their runs; addresses, signatures and answers
 * are `engine/api/hooks` and `engine/api/forms`, rows are behind `TriggerCalls`.
 *
 * T1 A call is accepted in one durable commit before anybody is told; its run is started after that.
 * T2 A call names its run: starting it again starts nothing. So whoever dies in between is made up for by whoever looks
 *    next, in this process or another.
 * T3 A time of a schedule is claimed in the database: any number of processes keeps it once.
 * T4 What can't start says why in its call. Only what may pass by itself is tried again.
 */
import { type Failure, failureOf, mapInput } from '#graph'
import { runOfCall } from '../ids.ts'
import type { Clock, Json, RunReader, RunService } from '../interfaces.ts'
import type { AcceptedCall, CallRef, NewCall, TakenCall, TriggerCalls, TriggerRef } from './interfaces.ts'
import { repeat } from '../worker.ts'
import { endedRun } from './ended-run.ts'
import { keepSchedule } from './times.ts'

const LOOK_MS = 1_000
const FORGET_MS = 3_600_000
const KEPT_DAYS = 30
const BATCH = 200
/** Starting a run is planning and a commit; more at a time only take turns. */
const STARTS_AT_A_TIME = 4
/** Beyond this, accepted calls are left in the database for the next look. */
const MOST_QUEUED = 5_000
const MAX_UNEXPECTED_TRIES = 10
const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 60_000

export interface TriggerParts {
  calls: TriggerCalls
  runs: Pick<RunService, 'start'>
  reader: Pick<RunReader, 'document'>
  /** Tells the audit log of a run that was started; the run is there already. */
  started(run: { organisationId: string; runId: string; flowId: string; triggerId: string }): Promise<void>
  clock: Clock
  log: { error(facts: object, message: string): void; info(facts: object, message: string): void }
}

export interface Triggers {
  /** Rejects where it could not be made durable. Null where the trigger is gone. */
  accept(trigger: TriggerRef, call: NewCall): Promise<AcceptedCall | null>
  /** Resolves once this process is done with starting the call's run; at once where it has nothing to do with it. */
  done(callId: string): Promise<void>
  /** Keeps schedules and starts what others have left. */
  watch(): void
  /** Lets starts in flight finish. */
  stop(): Promise<void>
}

export function createTriggers({ calls, runs, reader, started, clock, log }: TriggerParts): Triggers {
  const queued: CallRef[] = []
  const known = new Map<string, PromiseWithResolvers<void>>()
  const active = new Set<Promise<void>>()
  const endings: (() => void)[] = []
  const stopping = new AbortController()

  function enqueue(refs: CallRef[]): void {
    for (const ref of refs) {
      if (queued.length >= MOST_QUEUED || known.has(ref.callId)) continue
      known.set(ref.callId, Promise.withResolvers())
      queued.push(ref)
    }
    work()
  }

  function work(): void {
    while (!stopping.signal.aborted && active.size < STARTS_AT_A_TIME) {
      const ref = queued.shift()
      if (!ref) return
      const starting = start(ref)
        .catch((error: unknown) => log.error({ err: error, ...ref }, 'a call was left for the next look'))
        .finally(() => {
          known.get(ref.callId)?.resolve()
          known.delete(ref.callId)
          active.delete(starting)
          work()
        })
      active.add(starting)
    }
  }

  async function start(ref: CallRef): Promise<void> {
    const call = await calls.take(ref)
    if (!call) return
    if (call.started) return calls.settle(ref, { status: 'started' })
    if (call.refusal) return calls.settle(ref, { status: 'refused', failure: call.refusal })
    try {
      await startRun(call)
    } catch (error) {
      const failure = failureOf(error)
      const unexpected = failure.code === 'internal.unexpected' && call.tries < MAX_UNEXPECTED_TRIES
      if (!failure.retryable && !unexpected) return calls.settle(ref, { status: 'refused', failure })
      log.error({ err: error, ...ref, tries: call.tries }, 'a call could not start its run yet')
      const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (call.tries - 1))
      await calls.settle(ref, { status: 'accepted', failure, delayMs })
    }
  }

  async function startRun(call: TakenCall): Promise<void> {
    const { organisationId, callId, triggerId, flowId } = call
    const { input, failure, body } = await inputOf(call)
    if (failure) return calls.settle(call, { status: 'refused', failure, body })
    const { runId, repeated } = await runs.start(organisationId, { flowId }, input ?? {}, {
      runId: runOfCall(callId),
      startedBy: `trigger:${triggerId}`,
    })
    await calls.settle(call, { status: 'started', body })
    if (repeated) return
    await started({ organisationId, runId, flowId, triggerId }).catch((error: unknown) =>
      log.error({ err: error, runId }, 'the audit log took no entry'),
    )
  }

  async function inputOf(call: TakenCall): Promise<{ input: unknown; failure: Failure | null; body?: Json }> {
    if (call.input || call.settings.kind !== 'flow' || call.sourceRunId === null) {
      return { input: call.input, failure: null }
    }
    const document = await reader.document(call.organisationId, call.sourceRunId)
    if (!document) return { input: null, failure: sourceGone }
    const body = endedRun(document)
    return { ...mapInput(call.settings.brief, body), body }
  }

  async function keepSchedules(): Promise<void> {
    for (const trigger of await calls.due(BATCH)) {
      // One schedule that can't be kept keeps nobody from the others.
      const fired = await calls.fire(trigger, keepSchedule).catch((error: unknown) => {
        log.error({ err: error, ...trigger }, 'a schedule could not be kept')
        return []
      })
      enqueue(fired)
    }
  }

  return {
    async accept(trigger, call) {
      const accepted = await calls.accept(trigger, call)
      if (accepted?.status === 'accepted') enqueue([accepted])
      return accepted
    },
    async done(callId) {
      await known.get(callId)?.promise
    },
    watch() {
      endings.push(
        repeat(clock, LOOK_MS, log, keepSchedules),
        repeat(clock, LOOK_MS, log, async () => enqueue(await calls.waiting(BATCH))),
        repeat(clock, FORGET_MS, log, () => calls.forget(KEPT_DAYS)),
      )
    },
    async stop() {
      stopping.abort()
      for (const end of endings.splice(0)) end()
      await Promise.all(active)
      for (const { resolve } of known.values()) resolve()
    },
  }
}

const sourceGone: Failure = {
  code: 'not_found.run',
  message: 'The run that ended is not there any more.',
  fix: 'Run the other flow again.',
  retryable: false,
  facts: {},
}
