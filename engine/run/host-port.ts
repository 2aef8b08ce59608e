import { failureOf } from '#graph'
import type { CompiledRun } from './change.ts'
import type { ExecutorParts } from './executor.ts'
import type { CallContext, HostPort, ModelCall, StepRecord } from './interfaces.ts'
import { RUN_PAUSED } from './journal.ts'
import { failedAttempts } from './retry.ts'

interface HostParts extends Pick<ExecutorParts, 'gateway' | 'log'> {
  context: CallContext
  /** A call was asked for and not made, because the run is paused. */
  onPaused(): void
  progress(message: string): Promise<unknown>
}

/** The host's side of a step's capabilities. */
export function hostPort({ gateway, log, context, onPaused, progress }: HostParts): HostPort {
  const { stepId, runId, nodeId } = context.step
  const generate = async (call: ModelCall): ReturnType<HostPort['generate']> => {
    try {
      return { ok: true, reply: await gateway.generate(call, context) }
    } catch (error) {
      const failure = failureOf(error)
      if (failure.code === RUN_PAUSED) onPaused()
      return { ok: false, failure }
    }
  }
  // A step holds one model slot, so its calls go one after the other, however many it asks for at once.
  let last: Promise<unknown> = Promise.resolve()
  return {
    generate(call) {
      const reply = last.then(() => generate(call))
      last = reply
      return reply
    },
    log: (message, facts) => log.info({ runId, stepId, nodeId, facts }, message),
    progress(message) {
      progress(message).catch((error: unknown) =>
        log.error({ err: error, stepId }, 'progress was not written'),
      )
    },
  }
}

export function callContext(
  { snapshot, planned }: CompiledRun,
  step: StepRecord,
  signal: AbortSignal,
): CallContext {
  const { organisationId, runId, nodeId, path, label, attempt } = step
  return {
    organisationId,
    runId,
    step: { organisationId, runId, stepId: step.id, attempt, nodeId, path, label },
    seed: snapshot.seed,
    catalog: snapshot.catalog,
    maxCalls: planned(nodeId, path).maxCalls,
    failedAttempts: failedAttempts(step),
    signal,
  }
}
