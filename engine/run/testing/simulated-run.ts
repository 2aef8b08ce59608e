import { type RunEventBody, type RunMessage, TERMINAL_RUN_STATUSES } from '#graph'
import type { CompiledRun } from '../change.ts'
import type { GivenStep } from '../given.ts'
import type { LockedRun, OutputRecord, RunWrites, StepRecord, WaitAnswer, WaitRecord } from '../interfaces.ts'
import { compiledRun } from '../run-cache.ts'
import { begin, emptyProgress } from '../transitions.ts'
import type { RunSnapshot } from '../interfaces.ts'

const ENDED = new Set(['succeeded', 'failed', 'skipped', 'cancelled'])

/** A run in memory that writes exactly what transitions say and refuses what the database would refuse. */
export class SimulatedRun {
  readonly compiled: CompiledRun
  readonly steps = new Map<string, StepRecord>()
  readonly outputs = new Map<string, OutputRecord>()
  readonly events: RunEventBody[] = []
  readonly waits = new Map<string, WaitRecord & { answer: WaitAnswer | null }>()
  /** Ids of steps whose time has not come yet. */
  readonly notYet = new Set<string>()
  readonly #run: LockedRun

  constructor(snapshot: RunSnapshot, given: readonly GivenStep[] = []) {
    this.compiled = compiledRun(snapshot)
    this.#run = {
      id: snapshot.id,
      organisationId: snapshot.organisationId,
      status: 'queued',
      cancelRequested: false,
      progress: emptyProgress(this.compiled),
      seq: 0,
      steps: new Map(),
      ready: [],
      waiting: [],
      delayed: new Set(),
      shares: null,
    }
    this.write(begin(this.compiled, given))
  }

  get status() {
    return this.#run.status
  }

  get progress() {
    return this.#run.progress
  }

  locked(...stepIds: string[]): LockedRun {
    const steps = stepIds.map((id) => this.steps.get(id)).filter((step) => step !== undefined)
    return structuredClone({
      ...this.#run,
      steps: new Map(steps.map((step) => [step.id, step])),
      ready: this.inState('ready'),
      waiting: this.inState('waiting'),
      delayed: this.notYet,
    })
  }

  inState(status: StepRecord['status']): StepRecord[] {
    return [...this.steps.values()].filter((step) => step.status === status)
  }

  write(writes: RunWrites | null): void {
    if (!writes) return
    if (this.ended()) throw new Error(`a transition wrote to a run that is ${this.#run.status}`)
    for (const step of writes.newSteps ?? []) {
      if (this.steps.has(step.id)) throw new Error(`step ${step.nodeId} ${step.path} was made twice`)
      this.steps.set(step.id, step)
    }
    for (const output of writes.outputs ?? []) {
      if (this.outputs.has(output.id)) throw new Error(`output ${output.path} was made twice`)
      this.outputs.set(output.id, output)
    }
    for (const change of writes.stepChanges ?? []) {
      const step = this.steps.get(change.id)
      if (!step || ENDED.has(step.status)) throw new Error(`a step that has ended was changed: ${change.id}`)
      step.status = change.status
      step.attempt = change.attempt
      step.leaseOwner = change.leaseOwner
      step.resumedFrom = change.resumedFrom ?? step.resumedFrom
      if (change.finishedAttempt) {
        step.attempts.push({ ...change.finishedAttempt, startedAt: '', finishedAt: '' })
      }
    }
    for (const wait of writes.waits ?? []) {
      const key = `${wait.stepId} ${wait.attempt}`
      if (this.waits.has(key)) throw new Error(`a step waits twice in one attempt: ${key}`)
      this.waits.set(key, { ...wait, answer: null })
    }
    for (const answer of writes.answers ?? []) {
      const wait = this.waits.get(`${answer.stepId} ${answer.attempt}`)
      if (!wait || wait.answer) throw new Error(`an answer to no wait, or a second one: ${answer.stepId}`)
      wait.answer = answer
    }
    if (writes.progress) this.#run.progress = writes.progress
    if (writes.cancelRequested) this.#run.cancelRequested = true
    if (writes.status) this.#run.status = writes.status
    this.events.push(...(writes.events ?? []))
    this.#run.seq = this.events.length
  }

  /** Its log as a reader gets it. */
  log(): RunMessage[] {
    return this.events.map((body, index) => {
      return { kind: 'event', event: { seq: index + 1, at: '2026-01-01T00:00:00.000Z', body } }
    })
  }

  ended(): boolean {
    return TERMINAL_RUN_STATUSES.includes(this.#run.status)
  }
}
