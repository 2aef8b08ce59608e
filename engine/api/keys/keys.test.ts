import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { KeySummary } from '#access'
import { createPressroomClient } from '../client.ts'
import { openDraft } from '../testing/draft-client.ts'
import { type Harness, type Person, brief, owner, testApi } from '../testing/harness.ts'

let api: Harness
let url: string
let ada: Person
let builder: Person
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  ada = await api.person({ role: 'owner' })
  builder = await api.person({ role: 'builder' })
  url = await api.listen('127.0.0.1', 0)
})
afterAll(() => api.close())

interface Made {
  key: string
  summary: KeySummary
}
const post = (input: unknown, { cookie }: Person = ada) => ({ method: 'POST', cookie, input }) as const
const make = (input: object, by = ada) => api.ask<Made>('keys.create', post({ name: 'Key', ...input }, by))
const newFlow = async () => (await api.ask<{ id: string }>('flows.create', post({ name: 'Tea' }))).id
const stored = async (id: string) => (await api.admin('SELECT * FROM api_keys WHERE id = $1', [id]))[0] ?? {}
const account = (role: string, name = `${role} ${Math.random()}`) =>
  api.ask<{ id: string }>('serviceAccounts.create', post({ name, role }))

describe('a key', () => {
  it('is shown once: only its hash and its first characters are kept', async () => {
    const { key, summary } = await make({})
    expect(key).toMatch(/^prk_[\w-]{43}$/)
    const row = await stored(summary.id)
    expect(row).toMatchObject({
      token_hash: createHash('sha256').update(key).digest('hex'),
      start: key.slice(0, 8),
    })
    expect(JSON.stringify(row)).not.toContain(key.slice(8))
    expect(JSON.stringify(await api.ask('keys.list', { cookie: ada.cookie }))).not.toContain(key.slice(8))
    const log = await api.admin(`SELECT entry FROM audit_log WHERE entry->>'action' = 'keys.create'`)
    expect(JSON.stringify(log)).not.toContain(key.slice(8))
  })

  it('opens procedures, event streams and drafts as a bearer', async () => {
    const { key } = await make({}, builder)
    const client = createPressroomClient({ url, key })
    expect(await client.session.get.query()).toMatchObject({
      user: { email: builder.email },
      role: 'builder',
    })
    const { runId } = await client.runs.start.mutate({ target: { template: 'zine-swarm' }, input: { brief } })
    const first = await new Promise((resolve, reject) => {
      const following = client.runs.events.subscribe(
        { runId },
        {
          onError: reject,
          onData(message) {
            following.unsubscribe()
            resolve(message)
          },
        },
      )
    })
    expect(first).toMatchObject({ data: { event: { seq: 1 } } })
    const draft = openDraft(url, await newFlow(), { key })
    await draft.saved()
    draft.close()
  })

  it('never does more than both it and its holder may, now', async () => {
    const person = await api.person({ role: 'builder' })
    const { key } = await make({ permissions: ['flow:read', 'flow:write'] }, person)
    expect(await api.ask('session.get', { key })).toMatchObject({ permissions: ['flow:read', 'flow:write'] })
    const input = { id: person.memberId, role: 'viewer' }
    await api.ask('members.setRole', post(input))
    expect(await api.ask('session.get', { key })).toMatchObject({ permissions: ['flow:read'] })
    const refused = { method: 'POST', key, input: { name: 'Tea' } } as const
    expect(await api.refusal('flows.create', refused)).toEqual([403, 'auth.forbidden'])
  })

  it('that expired, was revoked, or whose account is disabled opens nothing, and the answer says why', async () => {
    const { id } = await account('viewer')
    const [expired, revoked, disabled] = [
      await make({ expiresAt: '2999-01-01T00:00:00Z' }),
      await make({}),
      await make({ serviceAccountId: id }),
    ]
    await api.ask('keys.revoke', post({ id: revoked.summary.id }))
    await api.ask('serviceAccounts.setDisabled', post({ id, disabled: true }))
    await api.admin(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [expired.summary.id])
    for (const { key } of [expired, revoked, disabled]) {
      expect(await api.refusal('flows.list', { key })).toEqual([401, 'auth.unauthenticated'])
    }
    const { body } = await api.call('flows.list', { key: expired.key })
    expect(JSON.stringify(body)).toContain('has expired')
    await api.ask('serviceAccounts.setDisabled', post({ id, disabled: false }))
    await api.ask('flows.list', { key: disabled.key })
    const states = await api.ask<KeySummary[]>('keys.list', { cookie: ada.cookie })
    const stateOf = ({ summary }: Made) => states.find((each) => each.id === summary.id)?.state
    expect([expired, revoked, disabled].map(stateOf)).toEqual(['expired', 'revoked', 'active'])
    const past = post({ name: 'Late', expiresAt: '2020-01-01T00:00:00Z' })
    expect(await api.refusal('keys.create', past)).toEqual([400, 'input.invalid'])
  })

  it('notes its last use at most once a minute', async () => {
    const touch = vi.spyOn(api.store.keys, 'touch')
    const { key, summary } = await make({})
    await api.ask('flows.list', { key })
    await Promise.all(touch.mock.results.map(({ value }) => value))
    const first = await stored(summary.id)
    expect(first).toMatchObject({ last_used_at: expect.any(Date), last_used_from: '127.0.0.1' })
    await api.ask('flows.list', { key })
    expect(touch).toHaveBeenCalledTimes(1)
    await api.store.keys.touch('default', summary.id, '10.0.0.1')
    expect(await stored(summary.id)).toEqual(first)
    touch.mockRestore()
  })
})

describe('a key for single flows', () => {
  it('reaches these flows and no other, and makes none', async () => {
    const [mine, other] = [await newFlow(), await newFlow()]
    const { key, summary } = await make({ flowIds: [mine] })
    expect(summary).toMatchObject({ flowIds: [mine] })
    expect(await api.ask('flows.list', { key })).toMatchObject([{ id: mine }])
    expect(await api.refusal('flows.get', { key, input: { id: other } })).toEqual([404, 'not_found.flow'])
    const made = [
      ['flows.create', { name: 'New' }],
      ['flows.fromTemplate', { template: 'zine-swarm' }],
    ] as const
    for (const [path, input] of made) {
      expect(await api.refusal(path, { method: 'POST', key, input })).toEqual([403, 'auth.limited_to_flows'])
    }
    const run = { target: { template: 'zine-swarm' }, input: { brief } }
    expect(await api.refusal('runs.start', { method: 'POST', key, input: run })).toEqual([
      404,
      'not_found.template',
    ])
  })

  it('reaches a team’s flow that it names, for a service account too, and never what its maker does not reach', async () => {
    const team = await api.ask<{ id: string }>('teams.create', post({ name: 'Closed' }))
    const id = await newFlow()
    await api.ask('flows.assign', post({ id, teamId: team.id }))
    const { id: serviceAccountId } = await account('builder')
    const { key } = await make({ serviceAccountId, flowIds: [id] })
    await api.ask('flows.get', { key, input: { id } })
    const unlimited = await make({ serviceAccountId })
    expect(await api.refusal('flows.get', { key: unlimited.key, input: { id } })).toEqual([
      404,
      'not_found.flow',
    ])
    const stranger = post({ name: 'Key', flowIds: [id] }, builder)
    expect(await api.refusal('keys.create', stranger)).toEqual([404, 'not_found.flow'])
  })

  it('is for nothing that reaches beyond flows', async () => {
    const input = { name: 'Key', flowIds: [await newFlow()], permissions: ['member:manage'] }
    expect(await api.refusal('keys.create', post(input))).toEqual([400, 'input.beyond_flows'])
    const { summary } = await make({ flowIds: input.flowIds })
    expect(summary.permissions).toContain('flow:write')
    expect(summary.permissions).not.toContain('key:manage')
  })
})

describe('whoever makes a key', () => {
  it('gives it no more than they have themselves', async () => {
    const input = { name: 'Key', permissions: ['member:manage'] }
    expect(await api.refusal('keys.create', post(input, builder))).toEqual([403, 'auth.too_much'])
    const admin = await api.person({ role: 'admin' })
    const { id } = await account('owner')
    const coded = { name: 'Key', serviceAccountId: id, permissions: ['code:write'] }
    expect(await api.refusal('keys.create', post(coded, admin))).toEqual([403, 'auth.too_much'])
    const { summary } = await make({ serviceAccountId: id }, admin)
    expect(summary.permissions).not.toContain('organisation:manage')
    const beyond = { name: 'Robot', role: 'owner' }
    expect(await api.refusal('serviceAccounts.create', post(beyond, admin))).toEqual([403, 'auth.too_much'])
    await api.ask('serviceAccounts.setDisabled', post({ id, disabled: true }, admin))
    const enable = post({ id, disabled: false }, admin)
    expect(await api.refusal('serviceAccounts.setDisabled', enable)).toEqual([403, 'auth.too_much'])
  })

  it('and is a key, needs the permission for it, and gives neither more rights nor more time than it has', async () => {
    const { id: serviceAccountId } = await account('owner')
    const narrow = await make({ serviceAccountId, permissions: ['flow:read'] })
    const mint = (key: string, input: object) =>
      ({ method: 'POST', key, input: { name: 'Next', ...input } }) as const
    expect(await api.refusal('keys.create', mint(narrow.key, {}))).toEqual([403, 'auth.forbidden'])
    const permissions = ['flow:read', 'key:manage']
    const expiresAt = '2998-01-01T00:00:00.000Z'
    const { key } = await make({ serviceAccountId, permissions, expiresAt })
    const more = { expiresAt, permissions: ['flow:write'] }
    expect(await api.refusal('keys.create', mint(key, more))).toEqual([403, 'auth.too_much'])
    expect(await api.refusal('keys.create', mint(key, {}))).toEqual([403, 'auth.too_much'])
    const longer = { expiresAt: '2999-01-01T00:00:00Z' }
    expect(await api.refusal('keys.create', mint(key, longer))).toEqual([403, 'auth.too_much'])
    const { summary } = await api.ask<Made>('keys.create', mint(key, { expiresAt }))
    expect(summary).toMatchObject({ permissions, expiresAt })
  })

  it('makes them for others with the permission for it alone, and in their own organisation', async () => {
    const { id } = await account('viewer')
    const input = { name: 'Key', serviceAccountId: id }
    expect(await api.refusal('keys.create', post(input, builder))).toEqual([403, 'auth.forbidden'])
    const { owner: stranger } = await api.organisation('Rival')
    expect(await api.refusal('keys.create', post(input, stranger))).toEqual([
      404,
      'not_found.service_account',
    ])
    for (const [path, change] of [
      ['serviceAccounts.setDisabled', { id, disabled: true }],
      ['serviceAccounts.remove', { id }],
    ] as const) {
      expect(await api.refusal(path, post(change, stranger))).toEqual([404, 'not_found.service_account'])
    }
  })
})

describe('the list of keys', () => {
  it('has everybody’s for those who look after keys, and for others their own, which alone they revoke', async () => {
    const [theirs, mine] = [await make({}), await make({}, builder)]
    const ids = async ({ cookie }: Person) =>
      (await api.ask<KeySummary[]>('keys.list', { cookie })).map(({ id }) => id)
    expect(await ids(ada)).toEqual(expect.arrayContaining([theirs.summary.id, mine.summary.id]))
    expect(await ids(builder)).toContain(mine.summary.id)
    expect(await ids(builder)).not.toContain(theirs.summary.id)
    const foreign = post({ id: theirs.summary.id }, builder)
    expect(await api.refusal('keys.revoke', foreign)).toEqual([404, 'not_found.key'])
    await api.ask('keys.revoke', post({ id: mine.summary.id }, builder))
    await api.ask('flows.list', { key: theirs.key })
  })

  it('loses a service account’s keys with it', async () => {
    const { id } = await account('viewer', 'Short-lived')
    const { key } = await make({ serviceAccountId: id })
    expect(await api.ask('serviceAccounts.list', { cookie: ada.cookie })).toContainEqual(
      expect.objectContaining({ id, keys: 1, roleName: 'Viewer', disabled: false, createdByName: ada.name }),
    )
    await api.ask('serviceAccounts.remove', post({ id }))
    expect(await api.refusal('flows.list', { key })).toEqual([401, 'auth.unauthenticated'])
  })
})
