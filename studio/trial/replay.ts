import { EMPTY_RUN_VIEW, type RunEvent, type RunView, foldRun } from '#graph'
import { counted } from '../ui/format.ts'

const EVENTS_PER_SNAPSHOT = 200

export interface Replay {
  events: readonly RunEvent[]
  /** The run as it was after its first `count` events. */
  at(count: number): RunView
}

/** A past run that can be looked at as of any of its events; far jumps fold from the nearest snapshot before. */
export function replayOf(events: readonly RunEvent[]): Replay {
  const snapshots: RunView[] = [EMPTY_RUN_VIEW]

  function fold(from: RunView, first: number, end: number): RunView {
    return foldRun(
      from,
      events.slice(first, end).map((event) => ({ kind: 'event', event })),
    )
  }

  function snapshot(index: number): RunView {
    for (let next = snapshots.length; next <= index; next++) {
      const before = snapshots[next - 1] ?? EMPTY_RUN_VIEW
      snapshots.push(fold(before, (next - 1) * EVENTS_PER_SNAPSHOT, next * EVENTS_PER_SNAPSHOT))
    }
    return snapshots[index] ?? EMPTY_RUN_VIEW
  }

  return {
    events,
    at(count) {
      const end = Math.min(Math.max(0, count), events.length)
      const index = Math.floor(end / EVENTS_PER_SNAPSHOT)
      return fold(snapshot(index), index * EVENTS_PER_SNAPSHOT, end)
    },
  }
}

/** What happened at an event, in a few words. */
export function eventWords({ body }: RunEvent): string {
  switch (body.type) {
    case 'run.started':
      return 'The run starts'
    case 'run.stopping':
      return 'The run has come to a limit'
    case 'run.budget':
      return 'The run has used most of its budget'
    case 'run.paused':
      return `${body.by} pauses the run`
    case 'run.resumed':
      return `${body.by} resumes the run`
    case 'run.waiting':
      return 'The run waits'
    case 'run.cancelling':
      return `${body.by} cancels the run`
    case 'run.finished':
      return 'The run ends'
    case 'step.started':
      return `${body.label} starts${body.attempt > 1 ? `, attempt ${body.attempt}` : ''}`
    case 'step.progress':
      return `${body.label}: ${body.message}`
    case 'call.finished':
      return `${body.label} has a reply to “${body.purpose}”`
    case 'step.succeeded':
      return `${body.label} is done`
    case 'step.failed':
      return `${body.label} fails${body.retryInMs === null ? '' : ' and will try again'}`
    case 'step.released':
      return `${body.label} is put back`
    case 'step.waiting':
      return `${body.label} waits`
    case 'step.resumed':
      return body.cause === 'due' ? `The time of ${body.label} has come` : `${body.label} is answered`
    case 'step.given':
      return `${body.label}: ${counted(body.outputs.length, 'item')} given`
    case 'step.skipped':
      return `${body.label} is not needed`
  }
}
