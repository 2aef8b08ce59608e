import { expect, test } from 'vitest'
import { PressroomError } from '#graph'
import type { Transition } from './interfaces.ts'
import { Outage } from './outage.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { SimulatedStore } from './testing/simulated-store.ts'

const full = new PressroomError({
  code: 'store.unavailable',
  message: 'Full.',
  fix: 'Free some space.',
  retryable: true,
  facts: { reason: 'disk_full' },
})
const nothing: Transition = {
  organisationId: 'org',
  runId: 'run_test',
  stepIds: [],
  wantReady: 0,
  apply: () => null,
}

function watched() {
  const lines: string[] = []
  const say = (_facts: object, message: string) => void lines.push(message)
  const log = { error: say, warn: say, info: say }
  const time = { now: 0 }
  const outage = new Outage(log, () => time.now)
  const simulated = new SimulatedStore(new SimulatedRun(testSnapshot(flowOf(['source']))))
  return { lines, time, outage, simulated, store: outage.watch(simulated), told: outage.quiet(log) }
}

test('a database that is away is told once, whoever meets it, and once more when it is back', async () => {
  const { lines, outage, simulated, store, told } = watched()
  simulated.before = () => Promise.reject(full)
  await store.transact([nothing])
  await store.transact([nothing, nothing])
  told.error({ err: full }, 'a step could not be concluded')
  told.warn({ err: full }, 'a duty failed')
  expect(outage.current()).toMatchObject({ message: 'Full.' })
  simulated.before = async () => {}
  await store.transact([nothing])
  expect(outage.current()).toBeNull()
  expect(lines).toEqual(['Full. Free some space.', 'the database works again'])
})

test('whatever is no outage stays in the log as it is', () => {
  const { lines, told, outage } = watched()
  told.error({ err: new Error('broken') }, 'a step could not be concluded')
  told.info({}, 'said by a node')
  expect(lines).toEqual(['a step could not be concluded', 'said by a node'])
  expect(outage.current()).toBeNull()
})

test('reading ends an outage of the connection and none of the disk', async () => {
  const { outage, store, simulated } = watched()
  outage.met(full)
  await store.lostLeases(1)
  expect(outage.current()).not.toBeNull()
  await store.transact([nothing])
  simulated.before = () =>
    Promise.reject(new PressroomError({ code: 'store.unavailable', message: 'Away.', fix: 'Wait.' }))
  await store.transact([nothing])
  expect(outage.current()).not.toBeNull()
  await store.lostLeases(1)
  expect(outage.current()).toBeNull()
})

test('an outage that nobody has met for a while keeps no process out of service', () => {
  const { outage, time } = watched()
  outage.met(full)
  time.now = 14_000
  expect(outage.current()).not.toBeNull()
  time.now = 16_000
  expect(outage.current()).toBeNull()
})
