import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Harness, brief, owner, template, testApi } from '../testing/harness.ts'

let api: Harness
let cookie: string
let flowId: string
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
  const post = { method: 'POST' as const, cookie }
  flowId = (await api.ask<{ id: string }>('flows.import', { ...post, input: { document: template.flow } })).id
  await api.ask('flows.publish', { ...post, input: { id: flowId } })
})
beforeEach(async () => void (await api.admin('DELETE FROM rate_limits')))
afterAll(() => api.close())

async function form(access: 'public' | 'members', title = '') {
  const settings = { kind: 'form', access, title, intro: 'Tell us', thanks: 'Thank you' }
  const { trigger } = await api.ask<{ trigger: { id: string; path: string } }>('triggers.create', {
    method: 'POST',
    cookie,
    input: { flowId, name: 'A form', settings },
  })
  return { id: trigger.id, url: `/api${trigger.path ?? ''}` }
}

const look = (url: string, headers = {}) => api.app.inject({ url, headers })
const send = (url: string, answers: unknown = brief, headers = {}, submission: string = randomUUID()) =>
  api.app.inject({ method: 'POST', url, payload: { submission, brief: answers }, headers })
const runsOf = (id: string) => api.admin('SELECT input FROM runs WHERE started_by = $1', [`trigger:${id}`])

describe('a public form', () => {
  it('asks what the brief asks, without an account, and starts a run with the answers', async () => {
    const { id, url } = await form('public')
    const asked = await look(url)
    expect([asked.statusCode, asked.json()]).toMatchObject([
      200,
      { title: 'Zine', intro: 'Tell us', fields: [{ key: 'topic', label: 'Topic' }] },
    ])
    const sent = await send(url)
    expect([sent.statusCode, sent.json()]).toEqual([202, { thanks: 'Thank you', runId: null }])
    await expect.poll(() => runsOf(id)).toEqual([{ input: { brief } }])
  })

  it('takes what is sent twice once', async () => {
    const { id, url } = await form('public')
    const submission = randomUUID()
    await Promise.all([1, 2, 3].map(() => send(url, brief, {}, submission)))
    await expect.poll(async () => (await runsOf(id)).length).toBe(1)
  })

  it('names every answer that is missing', async () => {
    const { url } = await form('public')
    const sent = await send(url, { ...brief, topic: ' ' })
    expect([sent.statusCode, sent.json()]).toMatchObject([
      400,
      { failure: { code: 'input.invalid', facts: { issues: [{ path: 'topic' }] } } },
    ])
  })

  it('takes ten answers in ten minutes of one address', async () => {
    const { url } = await form('public')
    const statuses: number[] = []
    for (let count = 0; count < 11; count++) statuses.push((await send(url)).statusCode)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 202), 429])
  })

  it('takes nothing from a page of another site', async () => {
    const { url } = await form('public')
    const sent = await send(url, brief, { origin: 'https://evil.example' })
    expect([sent.statusCode, sent.json()]).toMatchObject([403, { failure: { code: 'auth.foreign_origin' } }])
  })

  it('refuses more than 64 KiB before it is read', async () => {
    const { url } = await form('public')
    expect((await send(url, { ...brief, examples: 'x'.repeat(65 * 1_024) })).statusCode).toBe(413)
  })
})

describe('a form for members', () => {
  it('asks who one is, and is not there for members of another organisation', async () => {
    const { url } = await form('members')
    const { owner: foe } = await api.organisation('Foe')
    for (const ask of [() => look(url), () => send(url)]) expect((await ask()).statusCode).toBe(401)
    const never = await look('/api/forms/never')
    for (const ask of [look(url, { cookie: foe.cookie }), look(url.replace(/.{5}$/, 'xxxxx'))]) {
      const { statusCode, body } = await ask
      expect([statusCode, body]).toEqual([404, never.body])
    }
    expect((await send(url, brief, { cookie: foe.cookie })).statusCode).toBe(404)
  })

  it('leads those to the run who may see it', async () => {
    const { url } = await form('members')
    const viewer = await api.person({ role: 'viewer' })
    const { runId } = (await send(url, brief, { cookie: viewer.cookie })).json<{ runId: string }>()
    expect(await api.ask('runs.get', { cookie: viewer.cookie, input: { id: runId } })).toMatchObject({
      runId,
    })
    const role = await api.role({ permissions: [] })
    const blind = await api.person({ role })
    expect((await send(url, brief, { cookie: blind.cookie })).json()).toMatchObject({ runId: null })
  })
})
