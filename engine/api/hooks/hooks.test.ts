import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TriggerCall, WebhookSettings } from '#graph'
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
afterAll(() => api.close())

interface Saved {
  trigger: { id: string; path: string }
  secret: string | null
}
type Wish = Partial<Omit<WebhookSettings, 'kind'>>

async function webhook(wish: Wish = {}) {
  const settings = { kind: 'webhook', signing: 'none', answer: 'at-once', ...wish }
  const input = {
    flowId,
    name: randomUUID(),
    settings: { brief: { ...brief, topic: '{{ title }}' }, ...settings },
  }
  const made = await api.ask<Saved>('triggers.create', { method: 'POST', cookie, input })
  return { id: made.trigger.id, path: made.trigger.path, secret: made.secret ?? '' }
}

const deliver = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url: path,
    payload: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

const callsOf = (id: string) =>
  api.ask<TriggerCall[]>('triggers.calls', { cookie, input: { flowId, id, limit: 100 } })
const runsOf = async (id: string) =>
  api.admin('SELECT id, input FROM runs WHERE started_by = $1', [`trigger:${id}`])

const signed = (secret: string, body: string, { id = randomUUID(), at = Date.now() / 1_000 } = {}) => {
  const time = String(Math.floor(at))
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` }
}

describe('a delivery', () => {
  it('fills the brief and starts the run that the answer names', async () => {
    const { id, path } = await webhook()
    const response = await deliver(path, { title: 'Oolong' })
    expect([response.statusCode, response.json()]).toMatchObject([202, { duplicate: false }])
    const { callId, runId } = response.json<{ callId: string; runId: string }>()
    await expect
      .poll(() => runsOf(id))
      .toEqual([{ id: runId, input: { brief: { ...brief, topic: 'Oolong' } } }])
    expect(await callsOf(id)).toMatchObject([
      { id: callId, status: 'started', run: { id: runId }, body: { title: 'Oolong' }, duplicates: 0 },
    ])
  })

  it.each(['webhook-id', 'x-github-delivery', 'idempotency-key'])(
    'that comes again under the same %s is the same call and starts nothing more',
    async (header) => {
      const { id, path } = await webhook()
      const first = await deliver(path, { title: 'A' }, { [header]: 'one' })
      const again = await deliver(path, { title: 'B' }, { [header]: 'one' })
      expect(again.json()).toMatchObject({ callId: first.json().callId, duplicate: true })
      await deliver(path, { title: 'C' }, { [header]: 'two' })
      await expect.poll(async () => (await runsOf(id)).length).toBe(2)
      expect((await callsOf(id)).map(({ duplicates }) => duplicates)).toEqual([0, 1])
    },
  )

  it('without an id is known by its body, and after its time taken as a new one', async () => {
    const { id, path } = await webhook({ dedupeHours: 1 })
    const same = async () =>
      (await deliver(path, { title: 'Same' })).json<{ callId: string; duplicate: boolean }>()
    const first = await same()
    expect(await same()).toMatchObject({ callId: first.callId, duplicate: true })
    await api.admin(`UPDATE trigger_calls SET at = at - interval '61 minutes' WHERE id = $1`, [first.callId])
    const later = await same()
    expect(later).toMatchObject({ duplicate: false })
    expect(later.callId).not.toBe(first.callId)
    expect(await same()).toMatchObject({ callId: later.callId, duplicate: true })
    await expect.poll(async () => (await runsOf(id)).length).toBe(2)
  })

  it('that comes many times at once is one call and one run', async () => {
    const { id, path } = await webhook()
    const all = await Promise.all(Array.from({ length: 20 }, () => deliver(path, { title: 'Race' })))
    expect(new Set(all.map((each) => each.json<{ callId: string }>().callId)).size).toBe(1)
    expect(all.filter((each) => !each.json<{ duplicate: boolean }>().duplicate)).toHaveLength(1)
    await expect.poll(async () => (await runsOf(id)).length).toBe(1)
  })

  it('that does not fill the brief is refused with what is missing, and recorded with it', async () => {
    const { id, path } = await webhook()
    const response = await deliver(path, { name: 'No title' })
    expect([response.statusCode, response.json()]).toMatchObject([
      400,
      { failure: { code: 'input.mapping', facts: { missing: ['title'] } } },
    ])
    expect(await callsOf(id)).toMatchObject([
      { status: 'refused', failure: { code: 'input.mapping' }, run: null, body: { name: 'No title' } },
    ])
  })

  it.each([
    ['{"title":', 'no JSON'],
    ['['.repeat(100) + ']'.repeat(100), 'nested'],
  ])('that can not be read is refused: %s', async (body, why) => {
    const { id, path } = await webhook()
    const response = await deliver(path, body)
    expect([response.statusCode, response.json().failure.message]).toEqual([
      400,
      expect.stringContaining(why),
    ])
    expect(await callsOf(id)).toEqual([])
  })

  it('may be the fields of a form', async () => {
    const { id, path } = await webhook()
    await deliver(path, 'title=Green+tea', { 'content-type': 'application/x-www-form-urlencoded' })
    await expect.poll(() => runsOf(id)).toMatchObject([{ input: { brief: { topic: 'Green tea' } } }])
  })

  it('larger than 256 KiB is refused before it is read', async () => {
    const { path } = await webhook()
    expect((await deliver(path, { title: 'x'.repeat(256 * 1_024) })).statusCode).toBe(413)
  })
})

describe('an address', () => {
  it('that never was, that was renewed, of a trigger that is off and of a form answer alike', async () => {
    const { id, path } = await webhook()
    const post = { method: 'POST' as const, cookie }
    const off = await webhook()
    await api.ask('triggers.setEnabled', { ...post, input: { flowId, id: off.id, enabled: false } })
    const renewed = await api.ask<Saved>('triggers.renew', {
      ...post,
      input: { flowId, id, what: 'address' },
    })
    const settings = { kind: 'form', access: 'public', title: '' }
    const form = await api.ask<Saved>('triggers.create', { ...post, input: { flowId, name: 'f', settings } })
    const formPath = (form.trigger.path ?? '').replace('/forms/', '/hooks/')
    const answers = await Promise.all(
      ['/hooks/never', path, off.path, formPath].map((each) => deliver(each, { title: 'x' })),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404])
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
    expect((await deliver(renewed.trigger.path ?? '', { title: 'x' })).statusCode).toBe(202)
  })

  it('leads nowhere while the flow is removed', async () => {
    const { path } = await webhook()
    const post = { method: 'POST' as const, cookie, input: { id: flowId } }
    await api.ask('flows.remove', post)
    expect((await deliver(path, { title: 'x' })).statusCode).toBe(404)
    await api.ask('flows.restore', post)
    expect((await deliver(path, { title: 'x' })).statusCode).toBe(202)
  })
})

describe('a signed delivery', () => {
  const body = JSON.stringify({ title: 'Signed' })

  it('is taken with the signature of standardwebhooks.com, and refused with any other', async () => {
    const { id, path, secret } = await webhook({ signing: 'standard' })
    expect((await deliver(path, body, signed(secret, body))).statusCode).toBe(202)
    const other = `whsec_${Buffer.from('another secret of this length').toString('base64')}`
    for (const headers of [
      {},
      signed(other, body),
      signed(secret, `${body} `),
      { ...signed(secret, body), 'webhook-id': 'another' },
      { ...signed(secret, body), 'webhook-signature': 'v1,' },
      {
        ...signed(secret, body),
        'webhook-signature': `v2,${signed(secret, body)['webhook-signature'].slice(3)}`,
      },
    ]) {
      const response = await deliver(path, body, headers)
      expect([response.statusCode, response.json().failure.code]).toEqual([401, 'auth.refused'])
    }
    await expect.poll(async () => (await runsOf(id)).length).toBe(1)
    const refused = (await callsOf(id)).filter(({ status }) => status === 'refused')
    expect(refused.map(({ failure, duplicates }) => [failure?.facts['reason'], duplicates])).toEqual([
      ['signature', 4],
      ['unsigned', 0],
    ])
  })

  it.each([-301, 301])('is refused %i seconds from now', async (seconds) => {
    const { path, secret } = await webhook({ signing: 'standard' })
    const at = Date.now() / 1_000
    const late = await deliver(path, body, signed(secret, body, { at: at + seconds }))
    expect([late.statusCode, late.json().failure.facts.reason]).toEqual([401, 'time'])
    const kept = signed(secret, body, { at: at + seconds - Math.sign(seconds) * 10 })
    expect((await deliver(path, body, kept)).statusCode).toBe(202)
  })

  it('that is sent once more starts nothing more, whatever other id comes with it', async () => {
    const { path, secret } = await webhook({ signing: 'standard', deliveryHeader: 'x-other' })
    const headers = signed(secret, body)
    await deliver(path, body, { ...headers, 'x-other': 'one' })
    expect((await deliver(path, body, { ...headers, 'x-other': 'two' })).json()).toMatchObject({
      duplicate: true,
    })
  })

  it('is taken as GitHub signs it', async () => {
    const { path, secret } = await webhook({ signing: 'hub' })
    const signature = (key: string) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`
    const ask = (key: string) => deliver(path, body, { 'x-hub-signature-256': signature(key) })
    expect((await ask(secret)).statusCode).toBe(202)
    expect((await ask('another')).statusCode).toBe(401)
  })

  it('is signed anew after a renewal: the old secret is of no use', async () => {
    const { id, path, secret } = await webhook({ signing: 'standard' })
    const input = { flowId, id, what: 'secret' }
    const renewed = await api.ask<Saved>('triggers.renew', { method: 'POST', cookie, input })
    expect((await deliver(path, body, signed(secret, body))).statusCode).toBe(401)
    expect((await deliver(path, body, signed(renewed.secret ?? '', body))).statusCode).toBe(202)
  })
})

describe('an answer with the result', () => {
  const end = (runId: string) =>
    api.store.runs.transact([
      {
        organisationId: 'default',
        runId,
        stepIds: [],
        wantReady: 0,
        apply: () => ({ status: 'succeeded', events: [] }),
      },
    ])

  it('waits for the end of the run', async () => {
    const { id, path } = await webhook({ answer: 'result', waitSeconds: 20 })
    const answer = deliver(path, { title: 'Wait' })
    await expect.poll(async () => (await runsOf(id)).length).toBe(1)
    const [run] = await runsOf(id)
    await end(String(run?.['id']))
    const response = await answer
    expect([response.statusCode, response.json()]).toMatchObject([
      200,
      { status: 'succeeded', runId: run?.['id'], run: { flow: 'Zine' }, failure: null },
    ])
  })

  it('is a link after its time, under which the result is found later', async () => {
    const { path, secret } = await webhook({ answer: 'result', waitSeconds: 1, signing: 'standard' })
    const body = JSON.stringify({ title: 'Late' })
    const response = await deliver(path, body, signed(secret, body))
    expect(response.statusCode).toBe(202)
    const { result, runId, callId } = response.json<{ result: string; runId: string; callId: string }>()
    await end(runId)
    const url = new URL(result).pathname
    expect((await api.app.inject({ url })).statusCode).toBe(401)
    const got = await api.app.inject({ url, headers: signed(secret, callId) })
    expect([got.statusCode, got.json()]).toMatchObject([200, { status: 'succeeded', runId }])
    const other = url.replace(/call_.*/, 'call_other')
    expect((await api.app.inject({ url: other, headers: signed(secret, 'call_other') })).statusCode).toBe(404)
  })

  it('is not given where the webhook answers at once', async () => {
    const { path } = await webhook()
    const { callId } = (await deliver(path, { title: 'x' })).json<{ callId: string }>()
    expect((await api.app.inject({ url: `${path}/calls/${callId}` })).statusCode).toBe(404)
  })
})
