/**
 * Runs are started while workers are killed, Redis is killed and comes back empty, Postgres is stopped at once and the
 * hints on Postgres are thrown away, in an order that follows from a seed. CHAOS_SEED repeats one; CHAOS_RUNS makes it
 * shorter for a quick look.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRedis } from '../../../queue/testing/redis.ts'
import { type Effect, requestHash } from './effects.ts'
import { Installation, type QueueKind, shuffled } from './installation.ts'

const SEED = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 1_000_000))
const RUNS = Number(process.env['CHAOS_RUNS'] ?? 500)
const WORKERS = 3
/** More runs are started only when fewer than these are under way. */
const UNDER_WAY = 60
/** Begun is told by a worker, recorded by the database. Whoever did something again would come a lease later: ten seconds. */
const CLOCKS_APART_MS = 50

type Calamity = 'worker' | 'queue' | 'postgres'
const CALAMITIES: Calamity[] = [
  ...Array<Calamity>(9).fill('worker'),
  ...Array<Calamity>(3).fill('queue'),
  ...Array<Calamity>(3).fill('postgres'),
]

describe.each<QueueKind>(['Postgres', 'Redis'])(`with the queue on %s, CHAOS_SEED=${SEED}`, (kind) => {
  const skipped = kind === 'Redis' && !hasRedis()
  let installation: Installation
  const acknowledged: string[] = []

  beforeAll(async () => {
    if (skipped) return
    installation = await Installation.open(kind)
    const order = shuffled(CALAMITIES, SEED)
    await installation.keepWorkers(WORKERS)
    for (let run = 0; run < RUNS; run++) {
      await installation.until(UNDER_WAY)
      acknowledged.push(await installation.startRun(run))
      const due = Math.floor(((run + 1) * order.length) / RUNS) > Math.floor((run * order.length) / RUNS)
      const calamity = due ? order[Math.floor((run * order.length) / RUNS)] : undefined
      if (calamity === 'queue') await installation.loseQueue()
      if (calamity === 'postgres') await installation.stopPostgres()
      if (calamity === 'worker') await installation.killWorker((SEED + run) % WORKERS)
    }
    await installation.until(1)
  }, 290_000)
  afterAll(async () => {
    if (!skipped) await installation.close()
  })

  test.skipIf(skipped)('every run that was acknowledged ends, and succeeds', async () => {
    const runs = await installation.rows<{ id: string; status: string }>('SELECT id, status FROM runs')
    expect(runs.filter(({ status }) => status !== 'succeeded')).toEqual([])
    const known = new Set(runs.map(({ id }) => id))
    expect(acknowledged.filter((id) => !known.has(id))).toEqual([])
    expect(new Set(acknowledged).size).toBe(RUNS)
  })

  test.skipIf(skipped)('every step of every run succeeded once, and nothing is left over', async () => {
    const odd = await installation.rows(
      `SELECT r.id, count(*) AS steps, count(*) FILTER (WHERE s.status = 'succeeded') AS succeeded
       FROM runs r JOIN steps s ON s.run_id = r.id GROUP BY r.id
       HAVING count(*) <> jsonb_array_length(r.snapshot->'plan'->'steps')
         OR count(*) <> count(*) FILTER (WHERE s.status = 'succeeded')`,
    )
    expect(odd).toEqual([])
    const twice = await installation.rows(
      `SELECT run_id, body->>'stepId' AS step FROM run_events WHERE body->>'type' = 'step.succeeded'
       GROUP BY 1, 2 HAVING count(*) > 1`,
    )
    expect(twice).toEqual([])
  })

  test.skipIf(skipped)('the events of every run have the numbers from 1 without a gap', async () => {
    const gaps = await installation.rows(
      `SELECT r.id FROM runs r LEFT JOIN run_events e ON e.run_id = r.id
       GROUP BY r.id, r.last_seq HAVING count(e.seq) <> r.last_seq OR min(e.seq) <> 1 OR max(e.seq) <> r.last_seq`,
    )
    expect(gaps).toEqual([])
  })

  test.skipIf(skipped)(
    'no model call was begun after it had been recorded, and no step after it had ended',
    async () => {
      const calls = await installation.rows<{
        request: { system: string; prompt: string; seed: number }
        at: Date
      }>('SELECT request, created_at AS at FROM model_calls')
      const steps = await installation.rows<{ id: string; at: Date }>(
        'SELECT id, finished_at AS at FROM steps',
      )
      const recordedAt = new Map(calls.map(({ request, at }) => [requestHash(request), at.getTime()]))
      const endedAt = new Map(steps.map(({ id, at }) => [id, at.getTime()]))
      const effects = installation.effects.read()
      expect(effects.filter(({ kind: what }) => what === 'call').length).toBeGreaterThanOrEqual(calls.length)
      expect(recordedAt.size).toBe(calls.length)
      const settledAt = (effect: Effect) =>
        (effect.kind === 'call' ? recordedAt.get(effect.request) : endedAt.get(effect.stepId)) ?? 0
      const late = effects.filter((effect) => effect.at > settledAt(effect) + CLOCKS_APART_MS)
      expect(late.map((effect) => ({ ...effect, settledAt: settledAt(effect) }))).toEqual([])
    },
  )
})
