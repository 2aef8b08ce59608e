import type { AnyProcedure } from '@trpc/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERMISSION_NAMES } from '#access'
import { appRouter } from './router.ts'
import type { Meta } from './trpc.ts'
import { type Harness, brief, owner, testApi } from './testing/harness.ts'

const procedures = Object.entries<AnyProcedure>(
  appRouter._def.procedures as unknown as Record<string, AnyProcedure>,
)
const PUBLIC = [
  'setup.status',
  'setup.create',
  'invitations.look',
  'invitations.accept',
  'signOn.offered',
  'account.lookAtReset',
  'account.resetPassword',
]

const methodOf = (type: string) => (type === 'mutation' ? 'POST' : 'GET')
interface Answer {
  failure?: { code: string }
  error: { message: string; data: { failure: { code: string; facts: unknown } } }
}
const errorOf = (body: unknown) => (body as Answer).error
/** Inside or outside of tRPC's envelope. */
const codeOf = (body: unknown) => (body as Answer).failure?.code ?? errorOf(body).data.failure.code
const dataOf = (body: unknown) => (body as { result: { data: unknown } }).result.data

let api: Harness
let cookie: string

beforeAll(async () => {
  api = await testApi((deps) => ({
    stores: {
      ...deps.stores,
      flows: {
        ...deps.stores.flows,
        list: () => Promise.reject(new Error('password of the database: 1234')),
      },
    },
  }))
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
})
afterAll(() => api.close())

describe('every procedure', () => {
  it.each(procedures)('%s states who may call it, what it takes and what it gives', (path, { _def }) => {
    const meta = _def.meta as { permission?: string } | undefined
    expect(PUBLIC.includes(path) ? ['public'] : ['signed-in', ...PERMISSION_NAMES]).toContain(
      meta?.permission,
    )
    expect((_def as { inputs?: unknown[] }).inputs).toHaveLength(1)
    expect(_def).toHaveProperty('output')
  })

  it.each(procedures.filter(([path]) => !PUBLIC.includes(path)))(
    '%s answers 401 without a session, whatever it is given',
    async (path, { _def }) => {
      const { status, body } = await api.call(path, { method: methodOf(_def.type) })
      expect([status, codeOf(body)]).toEqual([401, 'auth.unauthenticated'])
    },
  )

  it.each(
    procedures.filter(([, { _def }]) => !['public', 'signed-in'].includes((_def.meta as Meta).permission)),
  )('%s answers 403 to a member whose role may do nothing', async (path, { _def }) => {
    await api.admin(`UPDATE members SET role = 'guest'`)
    const { status, body } = await api.call(path, { method: methodOf(_def.type), cookie })
    await api.admin(`UPDATE members SET role = 'owner'`)
    expect([status, codeOf(body)]).toEqual([403, 'auth.forbidden'])
  })

  it('that streams tells an event source inside the stream, where alone it can read it', async () => {
    const { status, body } = await api.call('runs.events', { headers: { accept: 'text/event-stream' } })
    expect(status).toBe(200)
    expect(body).toMatch(/event: serialized-error\s+data: .*"httpStatus":401,.*"auth.unauthenticated"/)
    expect(body).not.toMatch(/event: message|"kind"/)
  })
})

describe('an error', () => {
  it('of the input names the place of every fault', async () => {
    const { status, body } = await api.call('runs.list', { cookie, input: { limit: 1_000, page: 2 } })
    expect(status).toBe(400)
    expect(errorOf(body).data.failure).toMatchObject({
      code: 'input.invalid',
      facts: { issues: [{ path: 'limit' }, { message: expect.stringContaining('page') }] },
    })
  })

  it('that nobody expected leaves without its message or its stack, and with the number to find it by', async () => {
    const { status, body } = await api.call('flows.list', { cookie })
    expect(status).toBe(500)
    expect(JSON.stringify(body)).not.toMatch(/1234|password|\.ts/)
    expect(errorOf(body).data.failure).toMatchObject({
      code: 'internal.unexpected',
      facts: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
  })

  it('for a procedure that is not there is a 404 with a failure', async () => {
    const { status, body } = await api.call('runs.erase', { cookie })
    expect(status).toBe(404)
    expect(errorOf(body).data.failure).toMatchObject({ code: 'request.not_found' })
  })

  it('for a brief with a fault is a 400 that names its path, and nothing was written', async () => {
    const input = { target: { template: 'zine-swarm' }, input: { brief: { ...brief, audience: undefined } } }
    const { status, body } = await api.call('runs.start', { method: 'POST', cookie, input })
    expect(status).toBe(400)
    expect(errorOf(body)).toMatchObject({
      message: 'brief.audience: required',
      data: { failure: { code: 'input.invalid' } },
    })
    expect(dataOf((await api.call('runs.list', { cookie, input: {} })).body)).toEqual({
      runs: [],
      next: null,
    })
  })

  it('for a flow with a fault is a 422 with the findings, and nothing is published', async () => {
    const { body: made } = await api.call('flows.fromTemplate', {
      method: 'POST',
      cookie,
      input: { template: 'zine-swarm' },
    })
    const { id } = dataOf(made) as { id: string }
    await api.store.withOrganisation(
      'default',
      (tx) =>
        tx.$executeRaw`UPDATE flows SET draft = jsonb_set(draft, '{nodes,1,config,agents}', '"none"') WHERE id = ${id}`,
    )
    const { status, body } = await api.call('flows.publish', { method: 'POST', cookie, input: { id } })
    expect(status).toBe(422)
    expect(errorOf(body).data.failure).toMatchObject({
      code: 'flow.invalid',
      facts: { findings: [{ nodeId: 'write', path: 'nodes.1.config.agents' }] },
    })
    expect(dataOf((await api.call('flows.get', { cookie, input: { id } })).body)).toMatchObject({
      published: null,
    })
    await api.store.withOrganisation('default', (tx) => tx.flow.deleteMany())
  })
})

describe('the gallery', () => {
  it('shows what a template would make and who takes part', async () => {
    const { body } = await api.call('templates.list', { cookie })
    expect(dataOf(body)).toMatchObject([
      {
        id: 'zine-swarm',
        contentTypeName: 'zine',
        drafts: 2,
        writers: ['witty', 'brief'],
        editors: [],
        evaluators: [],
        brief,
      },
    ])
  })
})

describe('a run', () => {
  it('can be planned, started, found in the list, read and cancelled', async () => {
    const input = { target: { template: 'zine-swarm' }, input: { brief } }
    const planned = await api.call('runs.plan', { cookie, input })
    expect(dataOf(planned.body)).toMatchObject({ plan: { drafts: 2 }, findings: [] })
    const { runId: id } = dataOf((await api.call('runs.start', { method: 'POST', cookie, input })).body) as {
      runId: string
    }
    expect(dataOf((await api.call('runs.list', { cookie, input: {} })).body)).toMatchObject({
      runs: [{ id }],
      next: null,
    })
    expect(dataOf((await api.call('runs.get', { cookie, input: { id } })).body)).toMatchObject({
      runId: id,
      seed: 1,
    })
    expect(dataOf((await api.call('runs.graph', { cookie, input: { id } })).body)).toMatchObject({
      flow: { name: 'Zine' },
    })
    await api.call('runs.cancel', { method: 'POST', cookie, input: { id } })
    expect(dataOf((await api.call('runs.record', { cookie, input: { id } })).body)).toMatchObject({
      status: 'cancelled',
      events: [
        { body: { type: 'run.started' } },
        { body: { type: 'run.cancelling', by: 'Ada' } },
        expect.anything(),
      ],
    })
  })

  it('is listed page by page, newest first, each run once', async () => {
    const input = { target: { template: 'zine-swarm' }, input: { brief } }
    for (let i = 0; i < 4; i++) await api.call('runs.start', { method: 'POST', cookie, input })
    type Page = { runs: { id: string }[]; next: string | null }
    const whole = dataOf((await api.call('runs.list', { cookie, input: {} })).body) as Page
    const seen: string[] = []
    for (let before: string | null | undefined; before !== null;) {
      const page: Page = dataOf(
        (await api.call('runs.list', { cookie, input: { limit: 2, before } })).body,
      ) as Page
      seen.push(...page.runs.map(({ id }) => id))
      before = page.next
    }
    expect(seen).toEqual(whole.runs.map(({ id }) => id))
    expect(seen.length).toBeGreaterThanOrEqual(4)
  })
})

describe('an id that the database has no place for', () => {
  it.each(['runs.get', 'runs.cancel', 'flows.get', 'templates.get'])(
    'is a fault of the input of %s',
    async (path) => {
      const method = path === 'runs.cancel' ? 'POST' : 'GET'
      const { status, body } = await api.call(path, { method, cookie, input: { id: 'a\0b' } })
      expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('input.invalid')])
    },
  )

  it.each(['9999999999', 1e12, '-1', 1.5, 'abc'])(
    'is a fault of the number of an event, such as %s',
    async (lastEventId) => {
      const input = { runId: 'any', lastEventId }
      const { status, body } = await api.call('runs.events', { cookie, input })
      expect([status, JSON.stringify(body)]).toEqual([200, expect.stringContaining('input.invalid')])
    },
  )
})

describe('another organisation', () => {
  const ofRun = ['runs.get', 'runs.record', 'runs.graph', 'runs.outputs', 'runs.cancel', 'runs.events']
  const place = /\bat [^\n]*\.ts/

  const ofFlow: [path: string, method: 'GET' | 'POST', input: (id: string, other: string) => unknown][] = [
    ['flows.get', 'GET', (id) => ({ id })],
    ['flows.versions', 'GET', (id) => ({ id })],
    ['flows.version', 'GET', (_id, versionId) => ({ versionId })],
    ['flows.publish', 'POST', (id) => ({ id })],
    ['flows.rollBack', 'POST', (id, versionId) => ({ id, versionId })],
    ['flows.remove', 'POST', (id) => ({ id })],
    ['flows.restore', 'POST', (id) => ({ id })],
    ['drafts.points', 'GET', (flowId) => ({ flowId })],
    ['drafts.point', 'GET', (flowId) => ({ flowId, number: 1 })],
    ['drafts.restore', 'POST', (flowId) => ({ flowId, number: 1 })],
  ]

  it('gets for a flow of ours the very answer that it gets for one that never was', async () => {
    const template = { template: 'zine-swarm' }
    const made = await api.call('flows.fromTemplate', { method: 'POST', cookie, input: template })
    const { id } = dataOf(made.body) as { id: string }
    const published = await api.call('flows.publish', { method: 'POST', cookie, input: { id } })
    const { version } = dataOf(published.body) as { version: { id: string } }
    await api.admin(`INSERT INTO organisations (id, name, slug) VALUES ('foe', 'Foe', 'foe')`)
    await api.admin(`UPDATE members SET organisation_id = 'foe'`)
    for (const [path, method, input] of ofFlow) {
      const ours = await api.call(path, { method, cookie, input: input(id, version.id) })
      const never = await api.call(path, { method, cookie, input: input('never-was', 'nor-this') })
      expect([path, ours.status]).toEqual([path, 404])
      const blurred = JSON.stringify(ours).replaceAll(id, 'never-was').replaceAll(version.id, 'nor-this')
      expect(blurred).toBe(JSON.stringify(never))
    }
    await api.admin(`UPDATE members SET organisation_id = 'default'`)
    expect(dataOf((await api.call('flows.get', { cookie, input: { id } })).body)).toMatchObject({
      published: { number: 1 },
    })
  })

  it('gets for a run of ours the very answer that it gets for one that never was', async () => {
    const input = { target: { template: 'zine-swarm' }, input: { brief } }
    const started = await api.call('runs.start', { method: 'POST', cookie, input })
    const { runId } = dataOf(started.body) as { runId: string }
    await api.admin(`INSERT INTO organisations (id, name, slug) VALUES ('rival', 'Rival', 'rival')`)
    await api.admin(`UPDATE members SET organisation_id = 'rival'`)
    for (const path of ofRun) {
      const ask = (id: string) => {
        const node = path === 'runs.outputs' ? { nodeId: 'write' } : {}
        const named = path === 'runs.events' ? { runId: id } : { id, ...node }
        return api.call(path, { method: path === 'runs.cancel' ? 'POST' : 'GET', cookie, input: named })
      }
      const [ours, never] = [await ask(runId), await ask('never-was')]
      expect([path, JSON.stringify(ours)]).toEqual([path, expect.stringMatching(/404.*not_found\.run/)])
      expect(JSON.stringify(ours)).not.toMatch(place)
      expect(JSON.stringify(ours).replaceAll(runId, 'never-was')).toBe(JSON.stringify(never))
    }
    await api.admin(`UPDATE members SET organisation_id = 'default'`)
    expect(dataOf((await api.call('runs.get', { cookie, input: { id: runId } })).body)).toMatchObject({
      status: 'running',
    })
  })
})
