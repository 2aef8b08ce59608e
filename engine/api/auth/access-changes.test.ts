import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createPressroomClient } from '../client.ts'
import { openDraft } from '../testing/draft-client.ts'
import { type Harness, type Person, brief, owner, testApi } from '../testing/harness.ts'

let api: Harness
let url: string
let ada: Person
/** Hears of no change at all. */
let deaf: Harness
beforeAll(async () => {
  api = await testApi()
  deaf = await testApi(() => ({ accessChanges: { watch: () => () => {} } }))
  for (const each of [api, deaf]) await each.call('setup.create', { method: 'POST', input: owner })
  ada = await api.person({ role: 'owner' })
  url = await api.listen('127.0.0.1', 0)
}, 30_000)
afterAll(async () => {
  await api.close()
  await deaf.close()
})

const post = (input: unknown, cookie = ada.cookie) => ({ method: 'POST', cookie, input }) as const

interface Scene {
  person: Person
  teamId: string
  flowId: string
  runId: string
  /** Of the person. */
  key: { key: string; id: string }
}

/** A builder in a team, with a key, and a flow of that team with a run that goes on. */
async function scene(): Promise<Scene> {
  const person = await api.person({ role: 'builder' })
  const { id: teamId } = await api.ask<{ id: string }>('teams.create', post({ name: person.name }))
  await api.ask('teams.setMembers', post({ id: teamId, memberIds: [person.memberId] }))
  const { flow } = await api.ask<{ flow: unknown }>('templates.get', {
    cookie: ada.cookie,
    input: { id: 'zine-swarm' },
  })
  const { id: flowId } = await api.ask<{ id: string }>('flows.import', post({ document: flow }))
  const run = { target: { flowId }, input: { brief } }
  const { runId } = await api.ask<{ runId: string }>('runs.start', post(run))
  await api.ask('flows.assign', post({ id: flowId, teamId }))
  const made = await api.ask<{ key: string; summary: { id: string } }>(
    'keys.create',
    post({ name: 'Mine' }, person.cookie),
  )
  return { person, teamId, flowId, runId, key: { key: made.key, id: made.summary.id } }
}

/** Follows a run. Resolves once it has the first event, with a promise of the code that the stream ends with. */
async function follow(runId: string, credentials: { cookie?: string; key?: string }, from = url) {
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<string>()
  const client = createPressroomClient({ url: from, ...credentials })
  client.runs.events.subscribe(
    { runId },
    {
      onData: () => begun.resolve(),
      onComplete: () => ended.resolve('complete'),
      onError: (error) => ended.resolve(error.data?.failure.code ?? String(error)),
    },
  )
  await begun.promise
  return { end: ended.promise }
}

/** Shorter than the time after which streams look again by themselves. */
const AT_ONCE = { timeout: 12_000 }

describe('an open stream of events ends at once', AT_ONCE, () => {
  const changes: Record<string, { change: (scene: Scene) => Promise<unknown>; code: string; by?: 'key' }> = {
    'when its reader gets a role that may not': {
      change: async ({ person }) => {
        const name = `Nothing ${person.name}`
        const { id } = await api.ask<{ id: string }>('roles.create', post({ name, permissions: [] }))
        await api.ask('members.setRole', post({ id: person.memberId, role: id }))
      },
      code: 'auth.forbidden',
    },
    'when its reader is removed': {
      change: ({ person }) => api.ask('members.remove', post({ id: person.memberId })),
      code: 'auth.unauthenticated',
    },
    'when its reader leaves the team': {
      change: ({ teamId }) => api.ask('teams.setMembers', post({ id: teamId, memberIds: [] })),
      code: 'not_found.run',
    },
    'when the flow goes to another team': {
      change: async ({ flowId, teamId }) => {
        const { id } = await api.ask<{ id: string }>('teams.create', post({ name: `Other ${teamId}` }))
        await api.ask('flows.assign', post({ id: flowId, teamId: id }))
      },
      code: 'not_found.run',
    },
    'when the session ends elsewhere': {
      change: ({ person }) => api.store.prisma.session.deleteMany({ where: { userId: person.userId } }),
      code: 'auth.unauthenticated',
    },
    'when its key is revoked': {
      change: ({ key }) => api.ask('keys.revoke', post({ id: key.id })),
      code: 'auth.unauthenticated',
      by: 'key',
    },
    'when the holder of its key gets a role that may not': {
      change: ({ person }) => api.admin(`UPDATE members SET role = 'gone' WHERE id = $1`, [person.memberId]),
      code: 'auth.forbidden',
      by: 'key',
    },
  }

  it.each(Object.keys(changes))('%s', async (when) => {
    const { change, code, by } = changes[when] as (typeof changes)[string]
    const there = await scene()
    const credentials = by === 'key' ? { key: there.key.key } : { cookie: there.person.cookie }
    const { end } = await follow(there.runId, credentials)
    await change(there)
    expect(await end).toBe(code)
  })
})

it('An open stream goes on for whoever a change of access does not concern', AT_ONCE, async () => {
  const [one, other] = [await scene(), await scene()]
  const staying = await follow(one.runId, one.person)
  const leaving = await follow(other.runId, other.person)
  await api.ask('members.remove', post({ id: other.person.memberId }))
  expect(await leaving.end).toBe('auth.unauthenticated')
  // Ends the run, and with it the stream as it should.
  await api.ask('runs.cancel', post({ id: one.runId }))
  expect(await staying.end).toBe('complete')
})

describe('an open draft', AT_ONCE, () => {
  it('becomes read-only at once for somebody who may no longer write', async () => {
    const { person, flowId } = await scene()
    const draft = openDraft(url, flowId, { cookie: person.cookie })
    await draft.saved()
    expect(draft.provider.authorizedScope).toBe('read-write')
    await api.ask('members.setRole', post({ id: person.memberId, role: 'reviewer' }))
    await draft.until(() => draft.provider.authorizedScope === 'readonly')
    draft.close()
  })

  it('closes at once for somebody who no longer reaches its flow', async () => {
    const { person, flowId, teamId } = await scene()
    const draft = openDraft(url, flowId, { cookie: person.cookie })
    await draft.saved()
    await api.ask('teams.setMembers', post({ id: teamId, memberIds: [] }))
    expect(await draft.refusedFor).toBe('not-found')
    draft.close()
  })

  it('closes at once for a key that was revoked', async () => {
    const { flowId, key } = await scene()
    const draft = openDraft(url, flowId, { key: key.key })
    await draft.saved()
    const closed = new Promise<{ event: { code: number } }>((resolve) => draft.provider.on('close', resolve))
    await api.ask('keys.revoke', post({ id: key.id }))
    expect((await closed).event.code).toBe(4401)
    draft.close()
  })
})

it('A change that nobody heard of still ends a stream at the next look', async () => {
  const { cookie, userId } = await deaf.person({ role: 'builder' })
  const run = { target: { template: 'zine-swarm' }, input: { brief } }
  const { runId } = await deaf.ask<{ runId: string }>('runs.start', post(run, cookie))
  const address = await deaf.listen('127.0.0.1', 0)
  const { end } = await follow(runId, { cookie }, address)
  await deaf.store.prisma.session.deleteMany({ where: { userId } })
  const real = performance.now.bind(performance)
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => real() + 16_000)
  expect(await end).toBe('auth.unauthenticated')
  clock.mockRestore()
})
