import { describe, expect, it } from 'vitest'
import { EMPTY_RUN_VIEW, NO_USAGE, type RunEvent, type RunEventBody, foldRun } from '#graph'
import { eventWords, replayOf } from './replay.ts'

const step = (index: number) => ({
  stepId: `s${index}`,
  nodeId: 'write',
  path: `${index}`,
  label: `Writer ${index}`,
  attempt: 1,
})

function log(steps: number): RunEvent[] {
  const bodies: RunEventBody[] = [{ type: 'run.started', plannedSteps: steps, plannedDrafts: 0 }]
  for (let index = 0; index < steps; index++) {
    bodies.push({ type: 'step.started', ...step(index), models: [] })
    bodies.push({ type: 'step.succeeded', ...step(index), outputs: [], durationMs: 5 })
  }
  bodies.push({ type: 'run.finished', status: 'succeeded', failure: null, usage: NO_USAGE })
  return bodies.map((body, index) => ({ seq: index + 1, at: new Date(index * 1_000).toISOString(), body }))
}

const watched = (events: RunEvent[]) =>
  foldRun(
    EMPTY_RUN_VIEW,
    events.map((event) => ({ kind: 'event', event })),
  )

describe('a replay', () => {
  it('shows after any number of events the very view that was watched then', () => {
    const events = log(300)
    const replay = replayOf(events)
    for (const count of [0, 1, 2, 199, 200, 201, 400, 401, 602]) {
      expect(replay.at(count), `after ${count}`).toEqual(watched(events.slice(0, count)))
    }
  })

  it('goes back as well as forward', () => {
    const events = log(300)
    const replay = replayOf(events)
    const late = replay.at(500)
    replay.at(3)
    expect(replay.at(500)).toEqual(late)
  })

  it('stays within the log', () => {
    const events = log(2)
    expect(replayOf(events).at(-4)).toEqual(EMPTY_RUN_VIEW)
    expect(replayOf(events).at(99)).toEqual(watched(events))
  })
})

describe('an event in words', () => {
  it('names the step and, from the second on, the attempt', () => {
    const at = '2026-01-01T00:00:00.000Z'
    const started = { type: 'step.started' as const, ...step(1), models: [] }
    expect(eventWords({ seq: 1, at, body: started })).toBe('Writer 1 starts')
    expect(eventWords({ seq: 1, at, body: { ...started, attempt: 2 } })).toBe('Writer 1 starts, attempt 2')
  })

  it('tells a failure that will be tried again from a final one', () => {
    const failure = { code: 'x', message: 'm', fix: 'f', retryable: true, facts: {} }
    const failed = { type: 'step.failed' as const, ...step(1), failure, durationMs: 1 }
    const words = (retryInMs: number | null) =>
      eventWords({ seq: 1, at: '2026-01-01T00:00:00.000Z', body: { ...failed, retryInMs } })
    expect(words(500)).toBe('Writer 1 fails and will try again')
    expect(words(null)).toBe('Writer 1 fails')
  })
})
