import { type Change, nodeProgress } from './change.ts'
import type { StepRecord } from './interfaces.ts'

/** The run is to end: what is ready or waits is cancelled; what runs ends when its workers report. Pure. */
export function endOpen(change: Change): void {
  const { run, writes, progress } = change
  writes.cancelRequested = true
  const gone = new Set(writes.stepChanges.map(({ id }) => id))
  for (const step of run.ready.filter(({ id }) => !gone.has(id))) {
    progress.ready -= 1
    end(change, step)
  }
  for (const step of run.waiting.filter(({ id }) => !gone.has(id))) {
    progress.waiting -= 1
    end(change, step)
  }
}

function end(change: Change, step: StepRecord): void {
  nodeProgress(change, step.nodeId).open -= 1
  change.writes.stepChanges.push({
    id: step.id,
    status: 'cancelled',
    attempt: step.attempt,
    leaseOwner: null,
  })
}
