import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunEvent, RunEventBody } from './events.ts'
import { EMPTY_RUN_VIEW, foldRun, type RunMessage, type RunView } from './run-view.ts'

const usage = { calls: 1, inputTokens: 20, outputTokens: 30, costMicros: 5 }
const failure = { code: 'model.timeout', message: 'No answer', fix: 'Wait', retryable: true, facts: {} }
const ref = (n: number, attempt = 1) => ({
  stepId: `s${n}`,
  nodeId: `node${n % 3}`,
  path: `p${n}`,
  label: `Step ${n}`,
  attempt,
})
const callOf = (n: number, attempt: number) => `s${n}-call-${attempt}`
const finishedCall = (n: number, attempt: number, text = 'whole text'): RunEventBody => ({
  type: 'call.finished',
  ...ref(n, attempt),
  callId: callOf(n, attempt),
  purpose: 'Draft',
  model: 'sample',
  text,
  usage,
  durationMs: 9,
})

const numbered = (bodies: RunEventBody[]): RunEvent[] =>
  bodies.map((body, index) => ({ seq: index + 1, at: new Date(1_000 * index).toISOString(), body }))
const asMessages = (events: RunEvent[]): RunMessage[] => events.map((event) => ({ kind: 'event', event }))
const started: RunEventBody = { type: 'run.started', plannedSteps: 4, plannedDrafts: 2 }
const finished: RunEventBody = { type: 'run.finished', status: 'succeeded', failure: null, usage }
const stream = (n: number, attempt: number, offset: number, text: string): RunMessage => ({
  kind: 'stream',
  chunks: [{ stepId: `s${n}`, callId: callOf(n, attempt), purpose: 'Draft', offset, text }],
})
const logOf = ({ live: _live, ...log }: RunView) => log

/** The life of one step: failed attempts, then one of the ways in which it ends (or none yet). */
const lifeOf = (n: number) =>
  fc
    .record({ retries: fc.nat(2), end: fc.constantFrom('succeeded', 'failed', 'skipped', 'open') })
    .map(({ retries, end }): RunEventBody[] => {
      const bodies: RunEventBody[] = []
      if (end === 'skipped') return [{ type: 'step.skipped', ...ref(n), reason: 'Branch not taken' }]
      for (let attempt = 1; attempt <= retries + 1; attempt++) {
        bodies.push({ type: 'step.started', ...ref(n, attempt), models: ['sample'] })
        if (attempt <= retries) {
          bodies.push({ type: 'step.failed', ...ref(n, attempt), failure, retryInMs: 1_000, durationMs: 3 })
        }
      }
      bodies.push({ type: 'step.progress', ...ref(n, retries + 1), message: 'Half way' })
      bodies.push(finishedCall(n, retries + 1))
      if (end === 'succeeded') bodies.push({ type: 'step.succeeded', ...ref(n), outputs: [], durationMs: 7 })
      if (end === 'failed') {
        bodies.push({ type: 'step.failed', ...ref(n), failure, retryInMs: null, durationMs: 7 })
      }
      return bodies
    })

/** A log in which the lives of several steps are interleaved. */
const logs = fc
  .tuple(
    fc.tuple(lifeOf(0), lifeOf(1), lifeOf(2), lifeOf(3)),
    fc.array(fc.nat(3), { maxLength: 40 }),
    fc.boolean(),
  )
  .map(([lives, order, ends]) => {
    const left = lives.map((life) => [...life])
    const bodies: RunEventBody[] = [started]
    for (const turn of [...order, ...lives.flatMap((life, n) => life.map(() => n))]) {
      const body = left[turn]?.shift()
      if (body) bodies.push(body)
    }
    return numbered(ends ? [...bodies, finished] : bodies)
  })

test('folding a log at once and resuming it at any numbers, with events sent again, give the same view', () => {
  fc.assert(
    fc.property(logs, fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { maxLength: 6 }), (events, reconnects) => {
      const messages = asMessages(events)
      const whole = foldRun(EMPTY_RUN_VIEW, messages)
      let resumed = EMPTY_RUN_VIEW
      for (const [from, length] of reconnects) {
        const start = Math.min(from, resumed.seq)
        resumed = foldRun(resumed, messages.slice(start, start + length))
      }
      resumed = foldRun(resumed, messages.slice(resumed.seq))
      expect(resumed).toEqual(whole)
      expect(whole.seq).toBe(events.length)
    }),
  )
})

test('whatever text was streamed in between, the view apart from it follows from the events alone', () => {
  const chunk = fc.record({
    n: fc.nat(3),
    attempt: fc.integer({ min: 1, max: 3 }),
    offset: fc.nat(9),
    text: fc.string(),
  })
  fc.assert(
    fc.property(logs, fc.array(fc.tuple(fc.nat(60), chunk), { maxLength: 20 }), (events, chunks) => {
      const messages = asMessages(events)
      for (const [at, { n, attempt, offset, text }] of chunks) {
        messages.splice(Math.min(at, messages.length), 0, stream(n, attempt, offset, text))
      }
      expect(logOf(foldRun(EMPTY_RUN_VIEW, messages))).toEqual(
        logOf(foldRun(EMPTY_RUN_VIEW, asMessages(events))),
      )
    }),
  )
})

test('an event beyond the next number is left out, so that the reader can ask again from where it stopped', () => {
  const [first, second, third] = asMessages(
    numbered([started, { type: 'run.cancelling', by: 'Ada' }, finished]),
  )
  const gapped = foldRun(EMPTY_RUN_VIEW, [first!, third!])
  expect(gapped).toMatchObject({ seq: 1, status: 'running' })
  expect(foldRun(gapped, [second!, third!])).toMatchObject({
    seq: 3,
    status: 'succeeded',
    cancelledBy: 'Ada',
  })
})

test('folding leaves the view that it was given as it was', () => {
  const events = asMessages(numbered([started, { type: 'step.started', ...ref(1), models: [] }]))
  const before = foldRun(EMPTY_RUN_VIEW, events)
  const copy = structuredClone(before)
  foldRun(before, [stream(1, 1, 0, 'Hello'), { kind: 'event', event: { seq: 3, at: '', body: finished } }])
  expect(before).toEqual(copy)
})

test('streamed text grows by what follows it and never by a piece that came twice, late or too early', () => {
  const running = foldRun(
    EMPTY_RUN_VIEW,
    asMessages(numbered([started, { type: 'step.started', ...ref(1), models: ['sample'] }])),
  )
  const text = (view: RunView) => view.live[callOf(1, 1)]?.text
  const written = foldRun(running, [
    stream(1, 1, 0, 'Once '),
    stream(1, 1, 5, 'upon '),
    stream(1, 1, 5, 'upon '),
  ])
  expect(text(written)).toBe('Once upon ')
  expect(text(foldRun(written, [stream(1, 1, 30, 'a time')]))).toBe('Once upon ')
  expect(text(foldRun(written, [stream(1, 1, 0, 'Once upon a time')]))).toBe('Once upon a time')
  const done = foldRun(written, [{ kind: 'event', event: { seq: 3, at: '', body: finishedCall(1, 1) } }])
  expect(text(foldRun(done, [stream(1, 1, 0, 'Once upon a time, late')]))).toBeUndefined()
  expect(done.steps['s1']?.calls.map((call) => call.text)).toEqual(['whole text'])
})

test('text that arrives before the event of its step is kept, and a new attempt starts without it', () => {
  const early = foldRun(EMPTY_RUN_VIEW, [stream(1, 1, 0, 'Once ')])
  const begun = asMessages(numbered([started, { type: 'step.started', ...ref(1), models: [] }]))
  const first = foldRun(early, begun)
  expect(first.live[callOf(1, 1)]?.text).toBe('Once ')
  const retry = numbered([
    started,
    { type: 'step.started', ...ref(1), models: [] },
    { type: 'step.failed', ...ref(1), failure, retryInMs: 1_000, durationMs: 1 },
  ])
  const waiting = foldRun(first, asMessages(retry))
  expect(waiting.live).toEqual({})
  expect(waiting.steps['s1']).toMatchObject({ state: 'waiting', failures: [{ attempt: 1, failure }] })
})

test('when a run ends, steps that were still open are cancelled and the ended ones stay as they are', () => {
  const view = foldRun(
    EMPTY_RUN_VIEW,
    asMessages(
      numbered([
        started,
        { type: 'step.started', ...ref(1), models: [] },
        { type: 'step.started', ...ref(2), models: [] },
        { type: 'step.succeeded', ...ref(2), outputs: [], durationMs: 7 },
        { type: 'run.finished', status: 'cancelled', failure: null, usage },
      ]),
    ),
  )
  expect(Object.values(view.steps).map((step) => step.state)).toEqual(['cancelled', 'succeeded'])
})
