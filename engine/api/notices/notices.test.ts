import { createHmac } from 'node:crypto'
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SMTPServer } from 'smtp-server'
import { INNER_NOTICE_RULES, NOTICE_RULES, createHttpDoor } from '#gateway'
import { createNotices } from '#run/notices/notices.ts'
import { createNoticeCourier } from '../../connectors/index.ts'
import type { ApiDeps } from '../deps.ts'
import { decidersOf } from '../approvals/deciders.ts'
import { type Harness, type Person, brief, owner, testApi } from '../testing/harness.ts'
import { letWait } from '../testing/waiting-run.ts'

let api: Harness
let secrets: ApiDeps['secrets']
let ada: Person
let ben: Person
let flowId: string
const inner = createHttpDoor(INNER_NOTICE_RULES)
const outer = createHttpDoor(NOTICE_RULES)
const courier = createNoticeCourier({ inner, outer, mayReach: INNER_NOTICE_RULES.mayReach })
beforeAll(async () => {
  api = await testApi((deps) => {
    ;({ secrets } = deps)
    return {}
  })
  await api.call('setup.create', { method: 'POST', input: owner })
  ada = await api.person({ role: 'owner' })
  ben = await api.person({ role: 'reviewer' })
  const input = { template: 'zine-swarm' }
  flowId = (await post<{ id: string }>('flows.fromTemplate', input)).id
})
afterAll(async () => {
  await Promise.all([inner.close(), outer.close()])
  await api.close()
})
beforeEach(() => api.admin('DELETE FROM notice_channels', []))

const post = <T = unknown>(path: string, input: unknown, { cookie } = ada) =>
  api.ask<T>(path, { method: 'POST', cookie, input })

const sender = () => {
  const clock = { now: () => 0, after: () => () => {} }
  const { store } = api
  return createNotices({
    outbox: store.noticeOutbox,
    courier,
    secrets,
    deciders: (organisationId, runId) => decidersOf(store, organisationId, runId),
    publicUrl: 'https://pressroom.example',
    clock,
    log: { error: () => {} },
  })
}

/** Sends all that is due, what follows from that too. */
async function sendAll() {
  const notices = sender()
  for (let round = 0; round < 3; round += 1) await notices.look()
}

/** Lets the time pass that a notice waits for. */
const later = () => api.admin(`UPDATE notices SET not_before = now() WHERE status = 'waiting'`, [])

async function waiting(assignees: string[] = []): Promise<string> {
  const { runId } = await post<{ runId: string }>('runs.start', { target: { flowId }, input: { brief } })
  const wait = { kind: 'approval' as const, content: 'A post', quorum: 1, instructions: '', sendBackTo: null }
  const at = await letWait(api, { organisationId: 'default', runId }, { ...wait, assignees })
  return `${at.stepId}.${at.attempt}`
}

interface Delivery {
  kind: string
  state: string
  tries: number
  to: string | null
  failure: { code: string } | null
}
const deliveries = async () =>
  (await api.ask<{ deliveries: Delivery[] }>('notices.get', { cookie: ada.cookie })).deliveries

describe('by webhook', () => {
  const received: { headers: IncomingMessage['headers']; body: string }[] = []
  let status = 200
  const receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(status).end()
    })
  })
  let url: string
  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  })
  afterAll(() => new Promise((resolve) => receiver.close(resolve)))
  afterEach(() => {
    received.length = 0
    status = 200
  })
  const set = (inside = true) => post<{ secret: string }>('notices.setWebhook', { settings: { url, inside } })

  it('tells an address of what waits, signed, once, and keeps the text in the house', async () => {
    const { secret } = await set()
    const entries = async () =>
      (
        await api.ask<{ entries: object[] }>('audit.list', {
          cookie: ada.cookie,
          input: { action: 'notices' },
        })
      ).entries
    expect(await entries()).toMatchObject([{ action: 'notices.save', after: { url, inside: true } }])
    const id = await waiting()
    await sendAll()
    expect(received).toHaveLength(1)
    const [{ headers, body } = { headers: {}, body: '' }] = received
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    )
    expect(JSON.parse(body)).toMatchObject({
      type: 'approval.waiting',
      data: { id, url: `https://pressroom.example/inbox/${id}`, title: brief.topic },
    })
    expect(body).not.toContain('A post')
    expect(await deliveries()).toMatchObject([{ kind: 'webhook', state: 'sent', tries: 1 }])
  })

  it('tries again under the same id when the receiver is out of order, and says why', async () => {
    await set()
    status = 503
    await waiting()
    await sendAll()
    expect(await deliveries()).toMatchObject([
      { state: 'waiting', tries: 1, failure: { code: 'notice.not_taken' } },
    ])
    status = 200
    await later()
    await sendAll()
    expect(await deliveries()).toMatchObject([{ state: 'sent', tries: 2, failure: null }])
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  it('gives up where the receiver says that it is gone, and drops what is decided meanwhile', async () => {
    await set()
    status = 410
    await waiting()
    await sendAll()
    expect(await deliveries()).toMatchObject([{ state: 'failed', tries: 1 }])
    const id = await waiting()
    const { contentHash } = await api.ask<{ contentHash: string }>('approvals.get', {
      cookie: ben.cookie,
      input: { id },
    })
    await post('approvals.decide', { id, contentHash, verdict: 'approved' }, ben)
    await sendAll()
    expect((await deliveries()).map(({ state }) => state)).toEqual(['dropped', 'failed'])
    expect(received).toHaveLength(1)
  })

  it('sends nothing into its own network unless it is told that this is meant', async () => {
    await set(false)
    await post('notices.test', { kind: 'webhook' })
    await sendAll()
    expect(await deliveries()).toMatchObject([{ state: 'failed', failure: { code: 'notice.not_encrypted' } }])
    await post('notices.setWebhook', { settings: { url: url.replace('http:', 'https:'), inside: false } })
    await post('notices.test', { kind: 'webhook' })
    await sendAll()
    expect((await deliveries())[0]).toMatchObject({ failure: { code: 'notice.address_refused' } })
    await post('notices.setWebhook', { settings: { url: 'http://169.254.169.254/', inside: true } })
    await post('notices.test', { kind: 'webhook' })
    await sendAll()
    expect((await deliveries())[0]).toMatchObject({ failure: { code: 'notice.address_refused' } })
    expect(received).toEqual([])
  })
})

describe('by mail', () => {
  const mails: { to: string[]; text: string }[] = []
  const server = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'flows' && password === 'a pass word') return done(null, { user: 'flows' })
      return done(new Error('no'))
    },
    onData(stream, { envelope }, done) {
      let text = ''
      stream.on('data', (chunk) => (text += String(chunk)))
      stream.on('end', () => {
        // Lines that are folded for the way are whole again.
        const whole = text.replaceAll('=\r\n', '')
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text: whole })
        done()
      })
    },
  })
  let port: number
  let secretId: string
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.server.address() as AddressInfo).port
    secretId = (await post<{ id: string }>('secrets.create', { name: 'mail', value: 'a pass word' })).id
  })
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))
  beforeEach(async () => {
    mails.length = 0
    await set()
  })
  const set = (host = '127.0.0.1', secret: string | null = secretId) => {
    const settings = { host, port, encryption: 'none', user: 'flows', from: 'flows@example.org' }
    return post('notices.setMail', { settings, secretId: secret })
  }
  const to = () => mails.flatMap((one) => one.to).toSorted()

  it('reaches those whose role is asked, each once, with where to decide', async () => {
    const eve = await api.person({ role: 'reviewer' })
    const id = await waiting(['reviewer'])
    await sendAll()
    expect(to()).toEqual([ben.email, eve.email].toSorted())
    expect(mails[0]?.text).toContain(`https://pressroom.example/inbox/${id}`)
    expect(mails[0]?.text).not.toContain('A post')
  })

  it('leaves out who wants none, and tells whom it is handed to', async () => {
    await post('account.setMailNotices', { wanted: false }, ben)
    expect(await api.ask('account.get', { cookie: ben.cookie })).toMatchObject({ mailNotices: false })
    const id = await waiting(['owner'])
    await sendAll()
    expect(to()).not.toContain(ben.email)
    await post('account.setMailNotices', { wanted: true }, ben)
    mails.length = 0
    const { contentHash } = await api.ask<{ contentHash: string }>('approvals.get', {
      cookie: ada.cookie,
      input: { id },
    })
    await post('approvals.delegate', { id, contentHash, userId: ben.userId })
    await sendAll()
    expect(to()).toEqual([ben.email])
  })

  it('goes to nobody who does not reach the flow', async () => {
    const { id: teamId } = await post<{ id: string }>('teams.create', { name: 'Elsewhere' })
    await post('flows.assign', { id: flowId, teamId })
    await waiting(['reviewer'])
    await sendAll()
    await post('flows.assign', { id: flowId, teamId: null })
    expect(to()).toEqual([])
  })

  it('a test goes to whoever asks for it, and a wrong password is said and not tried again', async () => {
    await post('notices.test', { kind: 'mail' })
    await sendAll()
    expect(to()).toEqual([ada.email])
    const wrong = await post<{ id: string }>('secrets.create', { name: 'wrong', value: 'another pass' })
    await set('127.0.0.1', wrong.id)
    await post('notices.test', { kind: 'mail' })
    await sendAll()
    expect((await deliveries())[0]).toMatchObject({ state: 'failed', failure: { code: 'notice.not_sent' } })
    await expect(post('secrets.remove', { id: wrong.id })).rejects.toThrow()
  })
})
