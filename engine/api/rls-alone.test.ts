/**
 * Row-level security without anything in front of it. The other organisation's own owner asks, with all permissions and
 * the right ids, so every check of the API lets them through and every store asks for that organisation's rows. Only the
 * database is told another organisation than the code asks for (`alwaysAs`).
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Harness, type Person, owner, testApi } from './testing/harness.ts'
import { alwaysAs } from './testing/one-organisation.ts'
import { PROCEDURES } from './testing/routes.ts'
import { MORE_SAMPLES, SAMPLES, type Sample } from './testing/samples.ts'
import { tenantRows } from './testing/tenant-rows.ts'
import { type Things, makeThings } from './testing/things.ts'

/** In every text of theirs. */
const MARK = 'confidential'
const NAME = 'Theirs'

/** The names of the buttons on the page for signing in, before there is an organisation. */
const FOR_EVERYBODY = new Set(['signOn.offered'])

let api: Harness
let them: Person
let theirs: { id: string; things: Things; step: string }
let told: ReturnType<typeof alwaysAs>

beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  const ours = await api.person({ role: 'owner' })
  await makeThings(api, ours, { organisation: 'default', mark: 'ours' })
  const { id, owner: their } = await api.organisation(NAME)
  them = their
  const things = await makeThings(api, them, { organisation: id, mark: MARK })
  const [step] = await api.admin(
    `UPDATE steps SET status = 'running', lease_owner = 'w', lease_until = now() + interval '1 hour'
     WHERE run_id = $1 RETURNING id`,
    [things.run],
  )
  theirs = { id, things, step: String(step?.['id']) }
}, 60_000)
afterAll(() => api.close())

// Of one's own rights and without an end that could be waited for.
const ENDLESS = new Set(['session.follow'])
const samples = [...Object.entries(SAMPLES), ...MORE_SAMPLES].filter(([name]) => !ENDLESS.has(name))
const asked: [string, string, Sample][] = samples.map(([name, of]) => [
  name,
  JSON.stringify(of(new Proxy({} as Things, { get: (_, thing) => String(thing) })) ?? null),
  of,
])

async function ask(name: string, input: unknown): Promise<{ status: number; text: string }> {
  const procedure = PROCEDURES.find((each) => each.name === name)
  const { status, body } = await api.call(name, {
    method: procedure?.kind === 'mutation' ? 'POST' : 'GET',
    input,
    cookie: them.cookie,
    ...(procedure?.kind === 'subscription' ? { headers: { accept: 'text/event-stream' } } : {}),
  })
  return { status, text: typeof body === 'string' ? body : JSON.stringify(body) }
}

describe('with every check of the API passed', () => {
  beforeEach(() => void (told = alwaysAs('default')))
  afterEach(() => told.restore())

  it('is told another organisation: what is seen is that one’s', async () => {
    const { status, text } = await ask('flows.list', undefined)
    expect([status, text]).toEqual([200, expect.stringContaining('ours flow')])
    expect(told.told()).toBeGreaterThan(0)
  })

  it.each(asked)('row-level security alone hides and protects their rows from %s %s', async (name, _, of) => {
    const before = await tenantRows(api, theirs.id)
    let { text } = await ask(name, of(theirs.things))
    for (const id of Object.values(theirs.things)) text = text.replaceAll(id, 'what was asked for')
    expect(text.includes(MARK)).toBe(FOR_EVERYBODY.has(name))
    expect(await tenantRows(api, theirs.id)).toEqual(before)
  })
})

/** As a worker of our organisation that got hold of the ids of theirs; and as one that believes to work for them. */
describe.each([
  ['asks for its own organisation', false],
  ['asks for theirs and is told its own', true],
])('a worker that %s', (_, pinned) => {
  const asking = () => (pinned ? theirs.id : 'default')
  beforeEach(() => void (told = alwaysAs('default')))
  afterEach(() => told.restore())

  it('does not get to see a run of theirs', async () => {
    const { runs, reader } = api.store
    const { run } = theirs.things
    await expect(runs.snapshot(asking(), run)).rejects.toMatchObject({ failure: { code: 'not_found.run' } })
    expect(await runs.gather(asking(), run, [{ nodeId: 'write', port: 'drafts' }])).toEqual([])
    const at = { organisationId: asking(), runId: run, stepId: theirs.step }
    expect(await runs.findCall(at, 'key')).toMatchObject({ call: null, paused: false })
    expect(await reader.record(asking(), run)).toBeNull()
    expect(await reader.events(asking(), run, 0, 100)).toBeNull()
  })

  it('does not get to change one, not even in one commit with a run of its own', async () => {
    const before = await tenantRows(api, theirs.id)
    const [own] = await api.admin(`SELECT id FROM runs WHERE organisation_id = 'default'`)
    const transition = (runId: string, stepIds: string[]) => ({
      organisationId: runId === theirs.things.run ? asking() : 'default',
      runId,
      stepIds,
      wantReady: 10,
      apply: () => ({ status: 'failed' as const }),
    })
    const [mine, other] = await api.store.runs.transact([
      transition(String(own?.['id']), []),
      transition(theirs.things.run, [theirs.step]),
    ])
    expect([mine?.status, other?.status]).toEqual(['fulfilled', 'rejected'])
    const chunk = { stepId: theirs.step, callId: 'call', purpose: 'p', offset: 0, text: 'x' }
    await api.store.runs.appendStream(asking(), theirs.things.run, chunk)
    expect(await tenantRows(api, theirs.id)).toEqual(before)
  })
})
