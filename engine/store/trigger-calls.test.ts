import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FlowSettings, type ScheduleSettings, flowSettingsSchema, scheduleSettingsSchema } from '#graph'
import { newCallId } from '#run/ids.ts'
import type { NewCall, TriggerCalls } from '#run/triggers/interfaces.ts'
import type { StoreHandle } from './open-store.ts'
import { connectStore } from './open-store.ts'
import { createTriggerCalls } from './trigger-calls.ts'
import { type TestDatabase, testDatabase } from './testing/database.ts'
import { smallFlow, smallSeed } from './testing/fixtures.ts'
import { commit, progress, snapshotOf, writing } from './testing/run-fixtures.ts'

const organisationId = 'default'
const brief = { topic: 'Tea', audience: 'Cooks', goal: 'Sell', keyPoints: ['Fresh'], tone: 'casual' } as const

let database: TestDatabase
let store: StoreHandle
let admin: pg.Pool
/** Two processes. */
let first: TriggerCalls
let second: TriggerCalls
const pools: pg.Pool[] = []
let memberId: string
let flowId: string

beforeAll(async () => {
  database = await testDatabase()
  store = await connectStore(database.adminUrl, { seed: smallSeed })
  admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
  const another = () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 4, pipeline: true })
    pools.push(pool)
    return createTriggerCalls(pool)
  }
  first = another()
  second = another()
  memberId = await member('owner')
  flowId = await flow()
})
afterAll(async () => {
  await Promise.all([admin.end(), ...pools.map((pool) => pool.end())])
  await store.close()
  await database.close()
})

const rows = async <T = Record<string, unknown>>(text: string, ...values: unknown[]) =>
  (await admin.query(text, values)).rows as T[]

async function member(role: string): Promise<string> {
  const id = randomUUID()
  await rows('INSERT INTO users (id, name, email) VALUES ($1, $2, $1)', id, `A ${role}`)
  await rows(
    'INSERT INTO members (id, organisation_id, user_id, role) VALUES ($1, $2, $1, $3)',
    id,
    organisationId,
    role,
  )
  return id
}

async function flow(): Promise<string> {
  const { id } = await store.flows.create(organisationId, { ...smallFlow, name: randomUUID() }, [])
  await store.flows.publish(organisationId, id, '', null)
  return id
}

async function trigger(
  settings: object,
  { of = flowId, as = memberId, nextAt = null as string | null, source = null as string | null } = {},
) {
  const id = randomUUID()
  await rows(
    `INSERT INTO triggers (organisation_id, id, flow_id, kind, name, settings, member_id, next_at, source_flow_id, path_hash)
     VALUES ($1, $2, $3, 'webhook', $2, $4, $5, $6, $7, $2)`,
    organisationId,
    id,
    of,
    settings,
    as,
    nextAt,
    source,
  )
  return { organisationId, triggerId: id }
}

const call = (key: string): NewCall => ({
  id: newCallId(Date.now()),
  key,
  body: { some: 'body' },
  input: { brief: { ...brief, keyPoints: ['Fresh'] } },
  failure: null,
})

const schedule: ScheduleSettings = scheduleSettingsSchema.parse({
  kind: 'schedule',
  cron: '0 * * * *',
  timeZone: 'UTC',
  missed: 'all',
  brief: null,
})

describe('a call', () => {
  it('that was taken is not taken again until its time has passed, and not at all once it is settled', async () => {
    const accepted = await first.accept(await trigger({}), call('k'))
    if (!accepted) throw new Error('not accepted')
    const taken = await Promise.all([first.take(accepted), second.take(accepted)])
    expect(taken.filter((each) => each !== null)).toHaveLength(1)
    await rows(`UPDATE trigger_calls SET not_before = now() WHERE id = $1`, accepted.callId)
    expect(await second.waiting(10)).toContainEqual({ organisationId, callId: accepted.callId })
    expect(await second.take(accepted)).toMatchObject({ tries: 2, started: false, refusal: null })
    await first.settle(accepted, { status: 'started' })
    await rows(`UPDATE trigger_calls SET not_before = now() WHERE id = $1`, accepted.callId)
    expect(await first.take(accepted)).toBeNull()
    expect(await first.waiting(10)).toEqual([])
  })

  it('is not accepted for a trigger that is off, unless somebody tries it', async () => {
    const off = await trigger({})
    await rows('UPDATE triggers SET enabled = false WHERE id = $1', off.triggerId)
    expect(await first.accept(off, call('k'))).toBeNull()
    expect(await first.accept(off, { ...call('try'), tried: true })).toMatchObject({ status: 'accepted' })
  })

  it('keeps whatever JSON came in', async () => {
    const ref = await trigger({})
    for (const body of ['a\u0000b \ud800', null, 0, [], { a: { b: [1, 'ü'] } }]) {
      const accepted = await first.accept(ref, { ...call(JSON.stringify(body)), body })
      const [row] = await rows('SELECT body FROM trigger_calls WHERE id = $1', accepted?.callId)
      expect(row).toEqual({ body: typeof body === 'string' ? 'a\ufffdb \ufffd' : body })
    }
  })

  it('is forgotten after its days, or with the logs of runs, unless its run has still to start', async () => {
    const ref = await trigger({})
    const [old, waiting, young] = await Promise.all(
      ['a', 'b', 'c'].map((key) => first.accept(ref, call(key))),
    )
    await rows(`UPDATE trigger_calls SET status = 'started' WHERE id = ANY ($1)`, [
      old?.callId,
      young?.callId,
    ])
    await rows(`UPDATE trigger_calls SET at = now() - interval '31 days' WHERE id = ANY ($1)`, [
      old?.callId,
      waiting?.callId,
    ])
    const keeps = (days: number | null) => rows('UPDATE organisations SET retention_event_days = $1', days)
    await keeps(40)
    await first.forget(30)
    expect(await rows('SELECT id FROM trigger_calls WHERE id = $1', old?.callId)).toHaveLength(1)
    await keeps(null)
    await first.forget(30)
    const left = await rows('SELECT id FROM trigger_calls WHERE trigger_id = $1', ref.triggerId)
    expect(left.map(({ id }) => id).toSorted()).toEqual([waiting?.callId, young?.callId].toSorted())
  })
})

describe('whom a trigger starts runs as', () => {
  const refusal = async (as: string, of = flowId) => {
    const accepted = await first.accept(await trigger({}, { as, of }), call('k'))
    return accepted && (await first.take(accepted))?.refusal?.message
  }

  it('needs the right to, at every call', async () => {
    expect(await refusal(memberId)).toBeUndefined()
    expect(await refusal(await member('viewer'))).toContain('A viewer’s role may not start runs')
  })

  it('has to be there', async () => {
    const leaver = await member('owner')
    const accepted = await first.accept(await trigger({}, { as: leaver }), call('k'))
    await rows('DELETE FROM members WHERE id = $1', leaver)
    expect(accepted && (await first.take(accepted))?.refusal).toMatchObject({ code: 'auth.runs_as' })
  })

  it('has to reach the flow', async () => {
    const builder = await member('builder')
    const of = await flow()
    expect(await refusal(builder, of)).toBeUndefined()
    await rows(`INSERT INTO teams (organisation_id, id, name) VALUES ($1, 'team', 'Team')`, organisationId)
    await rows(`UPDATE flows SET team_id = 'team' WHERE id = $1`, of)
    expect(await refusal(builder, of)).toContain('does not reach the flow')
    await rows(
      `INSERT INTO team_members (organisation_id, team_id, member_id) VALUES ($1, 'team', $2)`,
      organisationId,
      builder,
    )
    expect(await refusal(builder, of)).toBeUndefined()
  })
})

describe('a schedule that is due', () => {
  const decide = (_: ScheduleSettings, dueSince: Date) => ({
    calls: [call(dueSince.toISOString())],
    nextAt: new Date('2999-01-01'),
  })

  it('is kept by one of the processes that look at the same time', async () => {
    const ref = await trigger(schedule, { nextAt: '2026-01-01T09:00:00Z' })
    expect(await first.due(10)).toContainEqual(ref)
    const fired = await Promise.all(
      [first, second, first, second].map((process) => process.fire(ref, decide)),
    )
    expect(fired.flat()).toHaveLength(1)
    expect(await first.due(10)).not.toContainEqual(ref)
    expect(await rows('SELECT key FROM trigger_calls WHERE trigger_id = $1', ref.triggerId)).toHaveLength(1)
  })

  it('is due again where the process that kept it died before its commit', async () => {
    const ref = await trigger(schedule, { nextAt: '2026-01-01T09:00:00Z' })
    const dying = first.fire(ref, () => {
      throw new Error('killed')
    })
    await expect(dying).rejects.toThrow('killed')
    expect(await second.fire(ref, decide)).toHaveLength(1)
  })

  it('is not kept while it is off or its flow is removed', async () => {
    const of = await flow()
    const ref = await trigger(schedule, { of, nextAt: '2026-01-01T09:00:00Z' })
    await rows('UPDATE flows SET removed_at = now() WHERE id = $1', of)
    expect(await first.due(10)).not.toContainEqual(ref)
    await rows('UPDATE flows SET removed_at = NULL WHERE id = $1', of)
    await rows('UPDATE triggers SET enabled = false WHERE id = $1', ref.triggerId)
    expect(await first.due(10)).not.toContainEqual(ref)
    expect(await first.fire(ref, decide)).toEqual([])
  })
})

describe('a flow that ends', () => {
  const following = (source: string, change: Partial<FlowSettings> = {}) =>
    trigger(
      flowSettingsSchema.parse({ kind: 'flow', sourceFlowId: source, on: 'both', brief: null, ...change }),
      {
        source,
      },
    )

  async function run(of: string, id: string, status: 'succeeded' | 'failed' | 'cancelled', test = false) {
    const snapshot = snapshotOf(organisationId, id)
    const published = (await store.flows.get(organisationId, of))?.published?.id ?? null
    const origin = { flowVersionId: test ? null : published, flowId: of, startedBy: null, request: null }
    await store.runs.createRun(snapshot, { status: 'running', progress: progress() }, origin)
    await commit(store.runs, writing(snapshot, { status }))
  }
  const callsOf = ({ triggerId }: { triggerId: string }) =>
    rows('SELECT key, status, in_a_row FROM trigger_calls WHERE trigger_id = $1 ORDER BY key', triggerId)

  it('starts those that wait for how it ended, in the commit that ends it; a test starts nothing', async () => {
    const source = await flow()
    const [both, good, bad] = await Promise.all(
      (['both', 'succeeded', 'failed'] as const).map((on) => following(source, { on })),
    )
    await run(source, 'run_a', 'succeeded')
    await run(source, 'run_b', 'failed')
    await run(source, 'run_c', 'cancelled')
    await run(source, 'run_d', 'succeeded', true)
    const keys = async (ref: typeof both) => (await callsOf(ref!)).map(({ key }) => key)
    expect([await keys(both), await keys(good), await keys(bad)]).toEqual([
      ['run_a', 'run_b'],
      ['run_a'],
      ['run_b'],
    ])
  })

  it('that starts itself ends after as many in a row as its trigger allows', async () => {
    const source = await flow()
    const ref = await following(source, { maxInARow: 3 })
    await run(source, 'run_first', 'succeeded')
    for (let round = 0; round < 5; round++) {
      for (const each of await first.waiting(10)) {
        const taken = await first.take(each)
        if (taken?.triggerId !== ref.triggerId) continue
        await run(source, each.callId.replace('call_', 'run_'), 'succeeded')
        await first.settle(each, { status: 'started' })
      }
    }
    expect((await callsOf(ref)).map(({ status, in_a_row }) => [in_a_row, status]).toSorted()).toEqual([
      [1, 'started'],
      [2, 'started'],
      [3, 'started'],
      [4, 'refused'],
    ])
  })
})
