import { PressroomError, outcomeSchema, waitExpired } from '#graph'
import type { FoundCall, RunStore, Transition } from '../interfaces.ts'
import type { SimulatedRun } from './simulated-run.ts'

const notUsed = (): never => {
  throw new Error('not used here')
}

export const storeAway = () =>
  new PressroomError({ code: 'store.unavailable', message: 'Away.', fix: 'Wait.', retryable: true })

/** One simulated run behind the interface of the store. `before` may reject a transition or hold it back. */
export class SimulatedStore implements RunStore {
  readonly run: SimulatedRun
  heartbeats: string[][] = []
  month: FoundCall['month'] = null
  before: (transition: Transition) => Promise<void> = async () => {}

  constructor(run: SimulatedRun) {
    this.run = run
  }

  transact(batch: Transition[]) {
    return Promise.allSettled(
      batch.map(async (transition) => {
        await this.before(transition)
        this.run.write(transition.apply(this.run.locked(...transition.stepIds)))
      }),
    )
  }

  async heartbeat(_worker: string, stepIds: string[]) {
    this.heartbeats.push(stepIds)
  }

  async output(_organisationId: string, id: string) {
    return this.run.outputs.get(id) ?? notUsed()
  }

  async gather(_organisationId: string, _runId: string, sources: { nodeId: string; port: string }[]) {
    const wanted = new Set(sources.map(({ nodeId, port }) => `${nodeId}.${port}`))
    return [...this.run.outputs.values()].filter(({ nodeId, port }) => wanted.has(`${nodeId}.${port}`))
  }

  async resumed(_organisationId: string, stepId: string, attempt: number) {
    const wait = this.run.waits.get(`${stepId} ${attempt}`)
    if (!wait?.answer || wait.kind === 'decision') return notUsed()
    const { kind, carry, answer } = wait
    return { kind, carry, value: answer.value, expired: waitExpired(kind, answer.cause) }
  }

  async way(_organisationId: string, outputId: string) {
    const way: Awaited<ReturnType<RunStore['way']>> = []
    for (let id: string | null = outputId; id !== null;) {
      const step = this.run.steps.get(this.run.outputs.get(id)?.stepId ?? '')
      if (!step) break
      const outputs = [...this.run.outputs.values()].filter(({ stepId }) => stepId === step.id)
      way.push({ step, outputs })
      id = step.inputId
    }
    return way
  }

  async approved() {
    const outcomes = [...this.run.waits.values()].map(
      ({ answer }) => outcomeSchema.safeParse(answer?.value).data,
    )
    return outcomes.flatMap((one) => (one?.verdict === 'approved' ? [one.content] : []))
  }

  snapshot = async () => this.run.compiled.snapshot
  lostLeases = async () => []
  forgottenSteps = async () => []
  dueWaits = async () => []
  overdueRuns = async () => []
  callback = async () => null
  waitingForSlots = async () => []
  cancelledRuns = async () => []
  findCall = async () => ({
    call: null,
    paused: this.run.status === 'paused',
    used: this.run.progress.usage,
    month: this.month,
  })
  createRun = notUsed
  startedBefore = notUsed
  forgetRequests = notUsed
  earlier = notUsed
  appendStream = notUsed
}
