/**
 * Foresees what the end of a step leads to, so that its worker goes on while the commit is still under way. Pure.
 *
 * R3: nothing of it is written. The end of a foreseen step is a transition like any other, put after the one that was
 * foreseen: unless that one really took the step for this worker, it writes nothing.
 * R4: only steps without capabilities are run ahead; one that was not taken after all has reached nothing.
 */
import type { CompiledRun } from './change.ts'
import type { Followed, Holder } from './followed.ts'
import type { LockedRun, OutputRecord, StepRecord } from './interfaces.ts'
import { type Outcome, finish } from './step-end.ts'

/** A step to run, and what is known of its run from when it was taken. */
export interface Taken {
  step: StepRecord
  /** What it consumes, when that is at hand. */
  item: OutputRecord | undefined
  run: LockedRun
}

/** What a transition came to, and the run as it was left. */
export interface Transacted {
  followed: Followed
  run: LockedRun
}

/** The run as a transition leaves it, as far as the steps that it took need to know. */
export function afterwards(run: LockedRun, { writes, claimed }: Followed): LockedRun {
  return {
    ...run,
    status: writes?.status ?? run.status,
    progress: writes?.progress ?? run.progress,
    steps: new Map(claimed.map((step) => [step.id, step])),
    ready: [],
  }
}

/** The one step that follows, if it can be run before its claim is durable. */
export function foresee(
  run: LockedRun,
  compiled: CompiledRun,
  holder: Holder,
  outcome: Outcome,
): Taken | null {
  if (outcome.kind !== 'succeeded') return null
  const next = finish(run, compiled, holder, outcome, 1)
  const [step] = next.claimed
  if (!step || next.left.length > 0) return null
  if (step.needsLocal || step.needsExternal) return null
  const manifest = compiled.flow.nodes.get(step.nodeId)?.manifest
  const item = next.outputs.find(({ id }) => id === step.inputId)
  if (!item || manifest?.mode !== 'each' || manifest.uses.length > 0) return null
  if ((manifest.effect ?? 'none') !== 'none') return null
  return { step, item, run: afterwards(run, next) }
}
