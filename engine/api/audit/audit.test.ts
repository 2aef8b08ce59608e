import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, brief, owner, testApi } from '../testing/harness.ts'

let api: Harness
let cookie: string

beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
})
afterAll(() => api.close())

const dataOf = (body: unknown) => (body as { result: { data: unknown } }).result.data
interface Entry {
  seq: number
  action: string
  outcome: string
  actor: { kind: string; name: string }
  target: { kind: string; id: string; name?: string } | null
}
const entries = async (filter: object = {}) => {
  const { body } = await api.call('audit.list', { cookie, input: filter })
  return (dataOf(body) as { entries: Entry[] }).entries
}
const as = async (role: string, act: () => Promise<unknown>) => {
  await api.admin(`UPDATE members SET role = $1`, [role])
  await act()
  await api.admin(`UPDATE members SET role = 'owner'`)
}

describe('the audit log', () => {
  it('tells every change: who, what, on what, from where', async () => {
    const input = { target: { template: 'zine-swarm' }, input: { brief } }
    const started = await api.call('runs.start', { method: 'POST', cookie, input })
    const { runId } = dataOf(started.body) as { runId: string }
    await api.call('runs.cancel', { method: 'POST', cookie, input: { id: runId } })
    expect(await entries({ action: 'runs' })).toMatchObject([
      {
        action: 'runs.cancel',
        outcome: 'done',
        target: { kind: 'run', id: runId, name: expect.any(String) },
      },
      {
        action: 'runs.start',
        outcome: 'done',
        target: { kind: 'run', id: runId },
        actor: { kind: 'person', name: 'Ada' },
        from: '127.0.0.1',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ])
  })

  it('tells what was refused, a question as well, and not what made no sense', async () => {
    const before = await entries()
    await as('viewer', async () => {
      await api.call('secrets.list', { cookie })
      await api.call('flows.create', { method: 'POST', cookie, input: { name: 'x' } })
    })
    await api.call('flows.create', { method: 'POST', cookie, input: { name: 7 } })
    await api.call('flows.remove', { method: 'POST', cookie, input: { id: 'nowhere' } })
    const after = await entries()
    expect(after.slice(0, after.length - before.length)).toMatchObject([
      { action: 'flows.create', outcome: 'refused' },
      { action: 'secrets.list', outcome: 'refused', after: { failure: 'auth.forbidden' } },
    ])
  })

  it('has a secret by its name, once, and its value nowhere', async () => {
    const input = { name: 'n8n', value: 'sesame-4711' }
    await api.call('secrets.create', { method: 'POST', cookie, input })
    const found = await entries({ action: 'secrets.create' })
    expect(found).toMatchObject([{ target: { kind: 'secret', name: 'n8n' }, outcome: 'done' }])
    const rows = await api.admin('SELECT * FROM audit_log')
    expect(JSON.stringify(rows)).not.toContain('sesame-4711')
  })

  it('holds no brief', async () => {
    const rows = await api.admin('SELECT * FROM audit_log')
    expect(JSON.stringify(rows)).not.toContain(brief.audience)
  })

  it('is verified from the API as well', async () => {
    const { body } = await api.call('audit.verify', { cookie })
    expect(dataOf(body)).toMatchObject({ intact: true })
  })
})
