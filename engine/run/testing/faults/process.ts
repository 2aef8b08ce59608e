/**
 * A process under test: Pressroom as `main.ts` wires it, with a model that counts and a point at which it is killed.
 * Says `ready`, takes its orders as a message, and lives until it is killed or its parent is gone.
 */
import { followRun } from '../../../cli/follow-run.ts'
import { readConfig } from '../../../config.ts'
import { wire } from '../../../main.ts'
import type { At, Point } from '../../points.ts'
import { Effects, observedModel } from './effects.ts'
import { brief } from './flow.ts'
import { type Orders, ordersSchema } from './orders.ts'

const NOT_PASSED = 3
/** Hints are still acknowledged when a run has ended. */
const AFTERWARDS_MS = 3_000

function skewClock(ms: number): void {
  const RealDate = Date
  globalThis.Date = class extends RealDate {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(RealDate.now() + ms)
      else super(...(given as [number]))
    }
    static override now = () => RealDate.now() + ms
  } as DateConstructor
}

async function work(orders: Orders): Promise<void> {
  const { stop, flowId } = orders
  const effects = new Effects(orders.effects)
  const passed = new Map<Point, number>()
  let cancel = () => {}
  const at: At = (point, { stepId, path } = {}) => {
    if (point === 'step.claimed' && stepId) effects.add({ kind: 'step', stepId })
    if (stop?.path !== undefined && stop.path !== path) return
    const times = (passed.get(point) ?? 0) + 1
    passed.set(point, times)
    // The signal arrives before this call returns: nothing more of this process happens.
    if (stop?.point === point && stop.times === times) process.kill(process.pid, 'SIGKILL')
    if (point === 'call.recorded' && times === orders.cancelAfterCalls) cancel()
  }
  const environment = {
    DATA_DIR: orders.dataDir,
    DATABASE_URL: orders.databaseUrl,
    REDIS_URL: orders.redisUrl,
  }
  const providers = [observedModel(effects, orders)]
  const pressroom = wire(readConfig(environment), { level: 'silent', providers, at })
  const { runs, reader, organisationId } = await pressroom.openEngine()
  if (flowId === null) return
  const { runId } = await runs.start(organisationId, { flowId }, { brief })
  cancel = () => {
    runs.cancel(organisationId, runId, 'test').catch((error: unknown) => process.emitWarning(String(error)))
  }
  if (!stop) return
  await followRun(reader, organisationId, runId, () => {})
  // Whoever waits for its death has to hear that the point was not come past.
  setTimeout(() => process.exit(NOT_PASSED), AFTERWARDS_MS)
}

process.on('message', (orders) => {
  const read = ordersSchema.parse(orders)
  if (read.clockSkewMs !== 0) skewClock(read.clockSkewMs)
  work(read).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  })
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
