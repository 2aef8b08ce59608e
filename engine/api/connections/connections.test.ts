import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, type Person, owner, testApi } from '../testing/harness.ts'

const KEY = 'sk-4711-of-the-tests'

let api: Harness
let mock: LLMock
let admin: Person
let settings: Record<string, unknown>
let id: string

beforeAll(async () => {
  mock = new LLMock({ port: 0, auth: { apiKeys: [KEY] } })
  mock.onMessage(/hello/, { content: 'Hello there.' })
  await mock.start()
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  admin = await api.person({ role: 'admin' })
  settings = {
    kind: 'openai-compatible',
    name: 'Model server',
    baseUrl: mock.url,
    destination: 'internal',
    reachesPrivate: true,
    settings: {},
  }
  id = (await ask<{ id: string }>('connections.create', { ...settings, key: KEY })).id
})
afterAll(async () => {
  await api.close()
  await mock.stop()
})

const ask = <T>(path: string, input: unknown) =>
  api.ask<T>(path, { method: 'POST', cookie: admin.cookie, input })
const refusal = (path: string, input: unknown, cookie = admin.cookie) =>
  api.refusal(path, { method: 'POST', cookie, input })
const changed = (more: Record<string, unknown>) => {
  const { kind: _kind, ...rest } = settings
  return { ...rest, id, ...more }
}
const secretNames = async () =>
  (await api.ask<{ name: string }[]>('secrets.list', { cookie: admin.cookie })).map(({ name }) => name)
const auditOf = (action: string) =>
  api.admin(`SELECT entry::text AS entry FROM audit_log WHERE entry->>'action' = $1`, [action])

describe('a connection', () => {
  it('is listed without its key, which nothing gives out', async () => {
    const { body } = await api.call('connections.list', { cookie: admin.cookie })
    expect(body).toMatchObject({ result: { data: [{ id, name: 'Model server', usedBy: [] }] } })
    expect(JSON.stringify([body, await auditOf('connections.create')])).not.toContain('4711')
    expect(await auditOf('connections.create')).toHaveLength(1)
  })

  it('is tested with its key, and says what it found or what is wrong', async () => {
    expect(await ask('connections.test', { ...settings, id })).toMatchObject({ ok: true, fix: null })
    expect(await ask('connections.test', { ...settings, key: 'wrong' })).toMatchObject({
      ok: false,
      message: expect.stringContaining('does not accept the key'),
    })
    expect(await ask('connections.test', { ...settings, baseUrl: 'http://127.0.0.1:1' })).toMatchObject({
      ok: false,
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('reaches an address of its own network only where that was said', async () => {
    const hidden = { ...settings, name: 'Hidden', reachesPrivate: false }
    expect(await refusal('connections.create', hidden)).toEqual([400, 'input.connection_private'])
    const named = { ...hidden, baseUrl: mock.url.replace('127.0.0.1', 'localhost.') }
    expect(await refusal('connections.test', named)).toEqual([400, 'input.connection_private'])
  })

  it.each([
    ['no address', { baseUrl: 'model server' }, 'input.connection_address'],
    ['an address of another kind', { baseUrl: 'ftp://example.org' }, 'input.connection_address'],
    ['a password in its address', { baseUrl: 'https://me:word@example.org' }, 'input.connection_address'],
    ['a setting that its kind does not have', { settings: { keepAlive: '5m' } }, 'input.invalid'],
    ['a name that another has', {}, 'conflict.connection_name'],
    ['no key where none works without', { kind: 'anthropic', name: 'Claude' }, 'input.connection_key'],
  ])('with %s is refused, and no secret stays behind', async (_what, more, code) => {
    const before = await secretNames()
    const key = code === 'conflict.connection_name' ? { key: 'another' } : {}
    expect((await refusal('connections.create', { ...settings, ...more, ...key }))[1]).toBe(code)
    expect(await secretNames()).toEqual(before)
  })

  it('sends a stored secret to another address only for who may store secrets', async () => {
    const role = await api.role({ permissions: ['connection:manage'] })
    const limited = await api.person({ role })
    const elsewhere = changed({ baseUrl: 'https://elsewhere.example' })
    expect(await refusal('connections.update', elsewhere, limited.cookie)).toEqual([403, 'auth.secret'])
    const { id: secretId } = await ask<{ id: string }>('secrets.create', { name: 'Precious', value: 'gem' })
    const stolen = { ...settings, name: 'Mine', secretId }
    expect(await refusal('connections.create', stolen, limited.cookie)).toEqual([403, 'auth.secret'])
    expect(await refusal('connections.test', { ...stolen, baseUrl: mock.url }, limited.cookie)).toEqual([
      403,
      'auth.secret',
    ])
    await api.ask('connections.update', { method: 'POST', cookie: limited.cookie, input: changed({}) })
  })

  it('in use stays, says what uses it, and decides whether its models are local', async () => {
    const choice = {
      connection: id,
      model: 'gpt',
      label: 'House model',
      temperature: 0.5,
      maxOutputTokens: 100,
    }
    const model = await ask<{ id: string; local: boolean }>('models.create', choice)
    expect(model.local).toBe(true)
    expect(await refusal('connections.remove', { id })).toEqual([409, 'conflict.connection_in_use'])
    await ask('connections.update', changed({ destination: 'external' }))
    const { configurations } = await api.ask<{ configurations: { id: string; local: boolean }[] }>(
      'models.list',
      {
        cookie: admin.cookie,
      },
    )
    expect(configurations.find((each) => each.id === model.id)?.local).toBe(false)
    await ask('connections.update', changed({}))
    await ask('models.remove', { id: model.id })
  })

  it('is used by its model, which is tried with a sentence of nobody’s', async () => {
    expect(await ask('models.test', { connection: id, model: 'gpt-4.1' })).toMatchObject({
      ok: true,
      message: 'Hello there.',
    })
  })

  it('keeps its key when it is changed, takes a new one, and takes it along when it is removed', async () => {
    await ask('connections.update', changed({ name: 'Renamed' }))
    expect(await ask('connections.test', { ...settings, id })).toMatchObject({ ok: true })
    await ask('connections.update', changed({ key: 'wrong' }))
    expect(await ask('connections.test', { ...settings, id })).toMatchObject({ ok: false })
    await ask('connections.remove', { id })
    expect((await secretNames()).filter((name) => name.startsWith('Connection'))).toEqual([])
    expect(await refusal('connections.remove', { id })).toEqual([404, 'not_found.connection'])
  })
})

describe('the usual model', () => {
  const shipped = () =>
    api.admin(`SELECT DISTINCT provider, model, connection_id, label, local FROM model_configurations
               WHERE id IN ('auto', 'witty-auto')`)
  const temperatures = () =>
    api.admin(`SELECT temperature FROM model_configurations WHERE id IN ('auto', 'witty-auto') ORDER BY id`)

  it('is written with by every agent that nobody chose a model for, until it is the best local one again', async () => {
    await api.admin(
      `INSERT INTO model_configurations (organisation_id, id, agent_slug, provider, model, label, local, temperature)
       VALUES ('default', 'auto', NULL, 'auto', 'auto', 'Best', true, 0.7),
              ('default', 'witty-auto', 'witty', 'auto', 'auto', 'Best', true, 0.9)`,
    )
    const local = await ask<{ id: string }>('connections.create', { ...settings, name: 'House' })
    const choice = {
      connection: local.id,
      model: 'm',
      label: 'House model',
      temperature: 0.1,
      maxOutputTokens: 9,
    }
    const { id: model } = await ask<{ id: string }>('models.create', choice)
    const before = await temperatures()
    await ask('models.setUsual', { id: model })
    expect(await shipped()).toEqual([
      {
        provider: 'openai-compatible',
        model: 'm',
        connection_id: local.id,
        label: 'House model',
        local: true,
      },
    ])
    expect(await temperatures()).toEqual(before)
    await ask('models.setUsual', { id: null })
    expect(await shipped()).toMatchObject([{ provider: 'auto', connection_id: null, local: true }])
    expect(await refusal('models.remove', { id: 'auto' })).toEqual([409, 'conflict.model_shipped'])
  })
})

describe('prices', () => {
  it('of one’s own go first, and what is local costs nothing without one', async () => {
    const { id: external } = await ask<{ id: string }>('connections.create', {
      kind: 'openai-compatible',
      name: 'OpenAI',
      baseUrl: 'https://api.openai.com/v1',
      destination: 'external',
      reachesPrivate: false,
      settings: {},
      key: 'x',
    })
    const choice = {
      connection: external,
      model: 'gpt-4.1',
      label: 'GPT',
      temperature: 1,
      maxOutputTokens: 10,
    }
    const { id: model } = await ask<{ id: string }>('models.create', choice)
    const price = async () =>
      (
        await api.ask<{ models: { id: string; price: unknown }[] }>('prices.list', { cookie: admin.cookie })
      ).models.find((each) => each.id === model)?.price
    expect(await price()).toEqual({ inputMicros: 2_000_000, outputMicros: 8_000_000, source: 'shipped' })
    await ask('prices.set', { prices: [{ pattern: 'GPT-4*', inputMicros: 1, outputMicros: 2 }] })
    expect(await price()).toEqual({ inputMicros: 1, outputMicros: 2, source: 'own' })
    expect((await auditOf('prices.set')).length).toBe(1)
  })
})
