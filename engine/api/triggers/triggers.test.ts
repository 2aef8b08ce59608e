import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TriggerCall, TriggerSummary } from '#graph'
import { type Harness, brief, owner, template, testApi } from '../testing/harness.ts'

let api: Harness
let cookie: string
let flowId: string
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
  flowId = await flow()
})
afterAll(() => api.close())

const post = <T>(path: string, input: unknown, who: { cookie?: string; key?: string } = { cookie }) =>
  api.ask<T>(path, { method: 'POST', ...who, input })
const refusal = (path: string, input: unknown, who: { cookie?: string; key?: string } = { cookie }) =>
  api.refusal(path, { method: 'POST', ...who, input })

async function flow(document = template.flow, publish = true): Promise<string> {
  const { id } = await post<{ id: string }>('flows.import', { document: { ...document, name: randomUUID() } })
  if (publish) await post('flows.publish', { id })
  return id
}

interface Saved {
  trigger: TriggerSummary
  secret: string | null
}
const webhook = { kind: 'webhook', signing: 'none', answer: 'at-once', brief }
const schedule = { kind: 'schedule', cron: '0 9 * * 1', timeZone: 'Europe/London', missed: 'once', brief }
const form = { kind: 'form', access: 'public', title: 'Ask us' }
const create = (settings: object, of = flowId, who?: { cookie?: string; key?: string }) =>
  post<Saved>('triggers.create', { flowId: of, name: 'A trigger', settings }, who)
const list = async (of = flowId, who: { cookie?: string; key?: string } = { cookie }) =>
  (await api.ask<{ triggers: Saved['trigger'][] }>('triggers.list', { ...who, input: { flowId: of } }))
    .triggers
const callsOf = (id: string) => api.ask<TriggerCall[]>('triggers.calls', { cookie, input: { flowId, id } })

describe('a trigger', () => {
  it('is listed with its next time, whom it runs as and what became of its last call', async () => {
    const of = await flow()
    const { trigger } = await create(schedule, of)
    expect(new Date(trigger.nextAt ?? 0).getTime()).toBeGreaterThan(Date.now())
    const tried = await post<{ runId: string }>('triggers.try', { flowId: of, id: trigger.id })
    const [found] = await list(of)
    expect(found).toMatchObject({ runsAs: 'Ada', lastCall: { status: 'started' }, settings: schedule })
    const runs = await api.ask<{ runs: { id: string }[] }>('runs.list', { cookie, input: { flowId: of } })
    expect(runs.runs.map(({ id }) => id)).toEqual([tried.runId])
  })

  it('is switched off, and then has no next time', async () => {
    const of = await flow()
    const { trigger } = await create(schedule, of)
    const off = await post<Saved['trigger']>('triggers.setEnabled', {
      flowId: of,
      id: trigger.id,
      enabled: false,
    })
    expect([off.enabled, off.nextAt]).toEqual([false, null])
    const on = await post<Saved['trigger']>('triggers.setEnabled', {
      flowId: of,
      id: trigger.id,
      enabled: true,
    })
    expect([on.enabled, on.nextAt]).toEqual([true, trigger.nextAt])
  })

  it('runs as whoever saved it last', async () => {
    const builder = await api.person({ role: 'builder' })
    const { trigger } = await create(webhook)
    expect(trigger.runsAs).toBe('Ada')
    const input = { flowId, id: trigger.id, name: 'Mine', settings: webhook }
    const { trigger: changed } = await post<Saved>('triggers.update', input, builder)
    expect([changed.name, changed.runsAs]).toEqual(['Mine', builder.name])
  })

  it('takes the right to publish and the right to start runs', async () => {
    const input = { flowId, name: 'x', settings: webhook }
    const publisher = await api.key({ role: await api.role({ permissions: ['flow:publish', 'flow:read'] }) })
    expect(await refusal('triggers.create', input, { key: publisher })).toEqual([403, 'auth.forbidden'])
    const starter = await api.key({ role: await api.role({ permissions: ['run:start', 'flow:read'] }) })
    expect(await refusal('triggers.create', input, { key: starter })).toEqual([403, 'auth.forbidden'])
  })

  it('tells its address to those who may change it; a form’s to everybody who sees the flow', async () => {
    const of = await flow()
    await create(webhook, of)
    await create(form, of)
    const viewer = await api.person({ role: 'viewer' })
    expect((await list(of)).map(({ path }) => path)).toEqual([
      expect.stringContaining('/hooks/'),
      expect.stringContaining('/forms/'),
    ])
    expect((await list(of, viewer)).map(({ path }) => path)).toEqual([
      null,
      expect.stringContaining('/forms/'),
    ])
  })

  it('says its signing secret once, keeps it sealed, and takes it along when it is removed', async () => {
    const { trigger, secret } = await create({ ...webhook, signing: 'standard' })
    expect(secret).toMatch(/^whsec_[\w+/]{32}$/)
    const answers = JSON.stringify([await list(), await api.ask('audit.list', { cookie, input: {} })])
    expect(answers).not.toContain(secret)
    const secrets = () => api.ask<{ id: string; name: string }[]>('secrets.list', { cookie })
    const [stored] = (await secrets()).filter(({ name }) => name.includes(trigger.id.slice(0, 8)))
    expect(await refusal('secrets.remove', { id: stored?.id })).toEqual([409, 'conflict.secret_in_use'])
    await post('triggers.remove', { flowId, id: trigger.id })
    expect((await secrets()).map(({ id }) => id)).not.toContain(stored?.id)
  })

  it('leaves an entry of the audit log for every change, without its address', async () => {
    const of = await flow()
    const { trigger } = await create(webhook, of)
    const { id } = trigger
    await post('triggers.update', { flowId: of, id, name: 'Other', settings: webhook })
    await post('triggers.setEnabled', { flowId: of, id, enabled: false })
    await post('triggers.renew', { flowId: of, id, what: 'address' })
    await post('triggers.remove', { flowId: of, id })
    const { entries } = await api.ask<{ entries: { action: string }[] }>('audit.list', {
      cookie,
      input: { target: id },
    })
    expect(entries.map(({ action }) => action).toReversed()).toEqual([
      'triggers.create',
      'triggers.update',
      'triggers.setEnabled',
      'triggers.renew',
      'triggers.remove',
    ])
    expect(JSON.stringify(entries)).not.toContain(trigger.path?.split('/').at(-1))
  })
})

describe('a trigger that could never start a run', () => {
  it.each<[string, object, string]>([
    ['no brief', { ...webhook, brief: null }, 'input.trigger'],
    [
      'a brief that a schedule can not fill',
      { ...schedule, brief: { ...brief, tone: '{{ tone }}' } },
      'input.mapping',
    ],
    ['a day that never comes', { ...schedule, cron: '0 9 30 2 *' }, 'input.invalid'],
    ['no such zone', { ...schedule, timeZone: 'Moon/Crater' }, 'input.invalid'],
    ['a flow that is not there', { kind: 'flow', sourceFlowId: 'x', on: 'both', brief }, 'not_found.flow'],
  ])('is refused: %s', async (_what, settings, code) => {
    const [, refused] = await refusal('triggers.create', { flowId, name: 'x', settings })
    expect(refused).toBe(code)
  })

  it('is refused where nothing is published, and a form where nothing is asked', async () => {
    const draft = await flow(template.flow, false)
    expect(await refusal('triggers.create', { flowId: draft, name: 'x', settings: webhook })).toEqual([
      409,
      'conflict.not_published',
    ])
  })

  it('stays of its kind', async () => {
    const { trigger } = await create(webhook)
    const input = { flowId, id: trigger.id, name: 'x', settings: schedule }
    expect(await refusal('triggers.update', input)).toEqual([400, 'input.trigger_kind'])
  })
})

describe('trying', () => {
  it('starts a run with what was given, switched off or not, and says so in the calls', async () => {
    const mapped = { ...webhook, brief: { ...brief, topic: '{{ title }}' } }
    const { trigger } = await create(mapped)
    const { id } = trigger
    await post('triggers.setEnabled', { flowId, id, enabled: false })
    const tried = await post<{ runId: string }>('triggers.try', { flowId, id, body: { title: 'Oolong' } })
    const run = await api.ask<{ input: unknown }>('runs.get', { cookie, input: { id: tried.runId } })
    expect(run.input).toEqual({ brief: { ...brief, topic: 'Oolong' } })
    expect(await callsOf(id)).toMatchObject([{ tried: true, status: 'started', body: { title: 'Oolong' } }])
  })

  it('says why nothing was started', async () => {
    const { trigger } = await create({ ...webhook, brief: { ...brief, topic: '{{ title }}' } })
    const tried = await post('triggers.try', { flowId, id: trigger.id, body: {} })
    expect(tried).toMatchObject({
      runId: null,
      failure: { code: 'input.mapping', facts: { missing: ['title'] } },
    })
  })
})
