/**
 * What a person sees of a run, folded from its event log and the text that is still being written.
 *
 * Boundary: pure; one function, `foldRun`. Keeps the reader's half of R5: an event is folded once, in the order of its
 * number. One that was seen is left out, and so is one beyond the next number (the reader asks again from `seq`).
 * Everything but `live` follows from the events alone, so a view rebuilt from the log is the view that was watched.
 */
import type { RunEvent, RunEventBody, RunStatus, StreamChunk, WaitKind } from './events.ts'
import { TERMINAL_RUN_STATUSES } from './events.ts'
import { momentOf } from './moments.ts'
import type { Failure } from './errors.ts'
import { NO_USAGE, addUsage, type Usage } from '#sdk'

export interface CallView {
  id: string
  purpose: string
  model: string
  text: string
  usage: Usage
  durationMs: number
}

export interface FailedAttempt {
  attempt: number
  at: string
  failure: Failure
  /** ISO time of the next attempt; null when this was the last one. */
  retryAt: string | null
  durationMs: number
}

/** `waiting`: another attempt will follow, after a failure or because it was given back, or `wait` says what for. */
export type StepState = 'running' | 'waiting' | 'succeeded' | 'failed' | 'skipped' | 'cancelled'

export interface StepView {
  id: string
  nodeId: string
  path: string
  label: string
  state: StepState
  attempt: number
  models: string[]
  startedAt: string | null
  finishedAt: string | null
  /** The last thing the node said about its progress. */
  message: string | null
  calls: CallView[]
  failures: FailedAttempt[]
  outputs: { id: string; port: string; type: string; label: string }[]
  skipReason: string | null
  /** What it waits for now. `until`: ISO time at which it goes on without an answer. */
  wait?: { kind: WaitKind; since: string; until: string | null; failure?: Failure } | null
  /** Its outputs were given; it did not run. */
  given?: true
}

/** Text that a model is writing right now. */
export interface LiveCall {
  id: string
  stepId: string
  purpose: string
  text: string
}

export interface RunView {
  /** Number of the last event folded in. */
  seq: number
  status: RunStatus
  plannedSteps: number
  plannedDrafts: number
  startedAt: string | null
  finishedAt: string | null
  /** Who asked for the run to be cancelled, once somebody did. */
  cancelledBy: string | null
  /** Who paused the run, while it is paused. */
  pausedBy: string | null
  failure: Failure | null
  usage: Usage
  /** By step id, in order of appearance. */
  steps: Record<string, StepView>
  /** By call id. */
  live: Record<string, LiveCall>
}

export type RunMessage = { kind: 'event'; event: RunEvent } | { kind: 'stream'; chunks: StreamChunk[] }

export const EMPTY_RUN_VIEW: RunView = {
  seq: 0,
  status: 'queued',
  plannedSteps: 0,
  plannedDrafts: 0,
  startedAt: null,
  finishedAt: null,
  cancelledBy: null,
  pausedBy: null,
  failure: null,
  usage: NO_USAGE,
  steps: {},
  live: {},
}

export const isTerminal = (status: RunStatus): boolean => TERMINAL_RUN_STATUSES.includes(status)

/** Folds many messages at once; `view` stays as it is, steps that nothing happened to keep their identity. */
export function foldRun(view: RunView, messages: readonly RunMessage[]): RunView {
  const next: RunView = { ...view, steps: { ...view.steps }, live: { ...view.live } }
  for (const message of messages) {
    if (message.kind === 'stream') for (const chunk of message.chunks) foldChunk(next, chunk)
    else if (message.event.seq === next.seq + 1) foldEvent(next, message.event)
  }
  return next
}

function foldEvent(view: RunView, { seq, at, body }: RunEvent): void {
  view.seq = seq
  switch (body.type) {
    case 'run.started':
      view.status = 'running'
      view.startedAt = at
      view.plannedSteps = body.plannedSteps
      view.plannedDrafts = body.plannedDrafts
      return
    case 'run.waiting':
      view.status = 'waiting'
      return
    case 'run.stopping':
      view.status = 'running'
      view.pausedBy = null
      return
    case 'run.budget':
      return
    case 'run.paused':
      view.status = 'paused'
      view.pausedBy = body.by
      return
    case 'run.resumed':
      view.status = 'running'
      view.pausedBy = null
      return
    case 'run.cancelling':
      view.status = 'running'
      view.pausedBy = null
      view.cancelledBy = body.by
      return
    case 'run.finished':
      view.status = body.status
      view.pausedBy = null
      view.failure = body.failure
      view.usage = body.usage
      view.finishedAt = at
      view.live = {}
      for (const step of Object.values(view.steps)) {
        if (isOpen(step)) view.steps[step.id] = { ...step, state: 'cancelled', finishedAt: at, wait: null }
      }
      return
    default:
      if (body.type === 'step.resumed' && view.status === 'waiting') view.status = 'running'
      if (body.type === 'call.finished') view.usage = addUsage(view.usage, body.usage)
      dropLive(view, body)
      view.steps[body.stepId] = foldStep(view.steps[body.stepId] ?? newStep(body), at, body)
      return
  }
}

type StepBody = Extract<RunEventBody, { stepId: string }>

function foldStep(step: StepView, at: string, body: StepBody): StepView {
  switch (body.type) {
    case 'step.started':
      return {
        ...step,
        state: 'running',
        attempt: body.attempt,
        models: body.models,
        startedAt: at,
        finishedAt: null,
        message: null,
      }
    case 'step.progress':
      return { ...step, message: body.message }
    case 'call.finished': {
      const { callId: id, purpose, model, text, usage, durationMs } = body
      return { ...step, calls: [...step.calls, { id, purpose, model, text, usage, durationMs }] }
    }
    case 'step.succeeded':
      return { ...step, state: 'succeeded', finishedAt: at, message: null, outputs: body.outputs }
    case 'step.given':
      return { ...step, state: 'succeeded', finishedAt: at, outputs: body.outputs, given: true }
    case 'step.waiting': {
      const { kind, due, failure } = body
      const wait = { kind, since: at, until: momentOf(due, at), ...(failure ? { failure } : {}) }
      return { ...step, state: 'waiting', message: null, wait }
    }
    case 'step.released':
    case 'step.resumed':
      return { ...step, state: 'waiting', wait: null }
    case 'step.skipped':
      return { ...step, state: 'skipped', finishedAt: at, skipReason: body.reason }
    case 'step.failed': {
      const { attempt, failure, retryInMs, durationMs, outputs = step.outputs } = body
      const retryAt = retryInMs === null ? null : new Date(Date.parse(at) + retryInMs).toISOString()
      return {
        ...step,
        state: retryAt === null ? 'failed' : 'waiting',
        finishedAt: retryAt === null ? at : null,
        message: null,
        outputs,
        failures: [...step.failures, { attempt, at, failure, retryAt, durationMs }],
      }
    }
  }
}

function newStep({ stepId, nodeId, path, label, attempt }: StepBody): StepView {
  return {
    id: stepId,
    nodeId,
    path,
    label,
    state: 'running',
    attempt,
    models: [],
    startedAt: null,
    finishedAt: null,
    message: null,
    calls: [],
    failures: [],
    outputs: [],
    skipReason: null,
  }
}

const isOpen = (step: StepView) => step.state === 'running' || step.state === 'waiting'

/**
 * A finished call has its text in the log; an attempt that ends leaves no half-written text behind. Text of a first
 * attempt may arrive before the event of its start.
 */
function dropLive(view: RunView, body: StepBody): void {
  const first = body.type === 'step.started' && view.steps[body.stepId] === undefined
  if (body.type === 'call.finished') delete view.live[body.callId]
  else if (body.type !== 'step.progress' && !first) {
    for (const call of Object.values(view.live)) if (call.stepId === body.stepId) delete view.live[call.id]
  }
}

/** A chunk may come before its step's event, twice, or late: only text that carries on what is there is taken. */
function foldChunk(view: RunView, chunk: StreamChunk): void {
  const step = view.steps[chunk.stepId]
  if (
    isTerminal(view.status) ||
    (step && (!isOpen(step) || step.calls.some((call) => call.id === chunk.callId)))
  )
    return
  const known = view.live[chunk.callId]?.text ?? ''
  if (chunk.offset > known.length) return
  const text = known.slice(0, chunk.offset) + chunk.text
  if (text.length <= known.length) return
  view.live[chunk.callId] = { id: chunk.callId, stepId: chunk.stepId, purpose: chunk.purpose, text }
}
