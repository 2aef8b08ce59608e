import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LEASE_SECONDS } from '../../change.ts'
import { World } from './world.ts'

const TWO_HOURS_MS = 2 * 60 * 60_000

let world: World
beforeAll(async () => {
  world = await World.open('Postgres')
  await world.undisturbed()
  world.failing = world.effects.read().filter((effect) => effect.kind === 'call')[2]?.seed ?? null
})
afterAll(() => world.close())

const databaseTime = async () => {
  const [row] = await world.rows<{ at: Date }>('SELECT clock_timestamp() AS at')
  return row?.at.getTime() ?? Number.NaN
}

const ended = async (after: string | null) => {
  await expect
    .poll(
      async () => {
        const [row] = await world.rows<{ id: string; status: string }>(
          'SELECT id, status FROM runs ORDER BY created_at DESC LIMIT 1',
        )
        return row?.id !== after && row?.status
      },
      { timeout: 60_000 },
    )
    .toBe('succeeded')
}

describe.each([
  { skew: 'fast', clockSkewMs: TWO_HOURS_MS },
  { skew: 'slow', clockSkewMs: -TWO_HOURS_MS },
])('a worker whose clock is two hours $skew', ({ clockSkewMs }) => {
  test('writes only times of the database, and tries again when it is due by them', async () => {
    const earlier = await world.newestRun()
    const from = await databaseTime()
    const worker = await world.starts({ clockSkewMs })
    await ended(earlier)
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    const until = await databaseTime()

    const { events, steps, createdAt, finishedAt } = await world.record(await world.newestRun())
    const attempts = steps.flatMap((step) => step.attempts)
    const times = [
      createdAt,
      finishedAt ?? '',
      ...events.map(({ at }) => at),
      ...steps.flatMap((step) => [step.startedAt ?? '', step.finishedAt ?? '']),
      ...attempts.flatMap((attempt) => [attempt.startedAt, attempt.finishedAt]),
    ].map((time) => Date.parse(time))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(Math.floor(from))
    expect(Math.max(...times)).toBeLessThanOrEqual(Math.ceil(until))

    const retried = steps.find((step) => step.attempts.some(({ failure }) => failure !== null))
    const [first, second] = retried?.attempts ?? []
    const waited = Date.parse(second?.startedAt ?? '') - Date.parse(first?.finishedAt ?? '')
    // A hint that came of a timer may be some milliseconds early.
    expect(waited).toBeGreaterThanOrEqual(80)
    expect(waited).toBeLessThan(60_000)
  })

  test('leases a step for as long as any other worker does', async () => {
    await world.dies({ point: 'step.claimed', times: 2 }, { clockSkewMs })
    const leases = await world.rows<{ claimed: number; left: number }>(
      `SELECT extract(epoch FROM lease_until - started_at)::float AS claimed,
        extract(epoch FROM lease_until - clock_timestamp())::float AS left
       FROM steps WHERE status = 'running'`,
    )
    expect(leases.length).toBeGreaterThan(0)
    for (const { claimed, left } of leases) {
      expect(claimed).toBeGreaterThan(LEASE_SECONDS - 1)
      expect(left).toBeLessThanOrEqual(LEASE_SECONDS)
    }
    await world.leasesRunOut()
    await world.goesOn(await world.newestRun())
  })

  test('takes no step away whose lease still holds', async () => {
    await world.dies({ point: 'step.claimed', times: 2 })
    const held = await world.newestRun()
    await world.rows(
      `UPDATE steps SET lease_until = clock_timestamp() + interval '1 hour' WHERE status = 'running'`,
    )
    const leased = () =>
      world.rows(
        `SELECT id, attempt, lease_owner FROM steps WHERE run_id = $1 AND status = 'running' ORDER BY id`,
        held,
      )
    const before = await leased()
    expect(before.length).toBeGreaterThan(0)
    // It looks for lost leases before it takes up this run.
    const worker = await world.starts({ clockSkewMs })
    await ended(held)
    expect(await leased()).toEqual(before)
    await world.leasesRunOut()
    await expect
      .poll(
        async () =>
          (await world.rows<{ status: string }>('SELECT status FROM runs WHERE id = $1', held))[0]?.status,
        {
          timeout: 60_000,
        },
      )
      .toBe('succeeded')
    worker.kill('SIGKILL')
    await once(worker, 'exit')
  })
})
