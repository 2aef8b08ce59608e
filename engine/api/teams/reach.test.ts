import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPressroomClient } from '../client.ts'
import { openDraft } from '../testing/draft-client.ts'
import { type Harness, type Person, brief, owner, testApi } from '../testing/harness.ts'

let api: Harness
let url: string
let ada: Person
let inside: Person
let outside: Person
let teamId: string
/** A published flow of the team with a run, and a flow of everybody's. */
let theirs: { id: string; slug: string; versionId: string; runId: string }
let open: { id: string; runId: string }

const post = (input: unknown, { cookie }: { cookie: string } = ada) =>
  ({ method: 'POST', cookie, input }) as const
const start = (flowId: string, who?: Person) =>
  api.ask<{ runId: string }>('runs.start', post({ target: { flowId }, input: { brief } }, who))

async function published(): Promise<{ id: string; slug: string; versionId: string; runId: string }> {
  const { flow } = await api.ask<{ flow: unknown }>('templates.get', {
    cookie: ada.cookie,
    input: { id: 'zine-swarm' },
  })
  const { id, slug } = await api.ask<{ id: string; slug: string }>('flows.import', post({ document: flow }))
  const { version } = await api.ask<{ version: { id: string } }>('flows.publish', post({ id }))
  const { runId } = await start(id)
  return { id, slug, versionId: version.id, runId }
}

beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  ada = await api.person({ role: 'owner' })
  inside = await api.person({ role: 'builder' })
  outside = await api.person({ role: 'builder' })
  teamId = (await api.ask<{ id: string }>('teams.create', post({ name: 'Launch' }))).id
  await api.ask('teams.setMembers', post({ id: teamId, memberIds: [inside.memberId] }))
  theirs = await published()
  open = await published()
  await api.ask('flows.assign', post({ id: theirs.id, teamId }))
  url = await api.listen('127.0.0.1', 0)
  const draft = openDraft(url, theirs.id, { cookie: inside.cookie })
  await draft.saved()
  draft.meta.set('description', 'edited')
  await draft.saved()
  draft.close()
}, 30_000)
afterAll(() => api.close())

const target = () => ({ target: { flowId: theirs.id }, input: { brief } })
/** Every procedure that names a flow or a run; the last ones change it. */
const asked: Record<string, () => { method: 'GET' | 'POST'; input: unknown }> = {
  'flows.get': () => ({ method: 'GET', input: { id: theirs.id } }),
  'flows.versions': () => ({ method: 'GET', input: { id: theirs.id } }),
  'flows.version': () => ({ method: 'GET', input: { versionId: theirs.versionId } }),
  'drafts.points': () => ({ method: 'GET', input: { flowId: theirs.id } }),
  'drafts.point': () => ({ method: 'GET', input: { flowId: theirs.id, number: 1 } }),
  'runs.plan': () => ({ method: 'GET', input: target() }),
  'runs.get': () => ({ method: 'GET', input: { id: theirs.runId } }),
  'runs.record': () => ({ method: 'GET', input: { id: theirs.runId } }),
  'runs.graph': () => ({ method: 'GET', input: { id: theirs.runId } }),
  'runs.outputs': () => ({ method: 'GET', input: { id: theirs.runId, nodeId: 'write' } }),
  'drafts.restore': () => ({ method: 'POST', input: { flowId: theirs.id, number: 1 } }),
  'flows.rollBack': () => ({ method: 'POST', input: { id: theirs.id, versionId: theirs.versionId } }),
  'flows.publish': () => ({ method: 'POST', input: { id: theirs.id } }),
  'runs.start': () => ({ method: 'POST', input: target() }),
  'runs.cancel': () => ({ method: 'POST', input: { id: theirs.runId } }),
  'flows.assign': () => ({ method: 'POST', input: { id: theirs.id, teamId: null } }),
  'flows.remove': () => ({ method: 'POST', input: { id: theirs.id } }),
  'flows.restore': () => ({ method: 'POST', input: { id: theirs.id } }),
}

describe('a flow of a team', () => {
  it.each(Object.keys(asked))('is to %s, for somebody outside it, as one that never was', async (path) => {
    const { method, input } = asked[path]?.() ?? {}
    const made = await api.call(path, { method, input, cookie: outside.cookie })
    const unknown = JSON.stringify(input)
      .replaceAll(theirs.id, 'never-was')
      .replaceAll(theirs.runId, 'never-was')
      .replaceAll(theirs.versionId, 'never-was')
    const never = await api.call(path, { method, input: JSON.parse(unknown), cookie: outside.cookie })
    expect(made.status).toBe(404)
    const [here, there] = [made, never].map(({ body }) =>
      JSON.stringify(body)
        .replaceAll(theirs.id, 'never-was')
        .replaceAll(theirs.runId, 'never-was')
        .replaceAll(theirs.versionId, 'never-was'),
    )
    expect(here).toBe(there)
  })

  it('and its runs are in the lists of those in it, and of nobody else', async () => {
    const flows = async ({ cookie }: Person) =>
      (await api.ask<{ id: string }[]>('flows.list', { cookie })).map(({ id }) => id)
    const runs = async ({ cookie }: Person, input = {}) =>
      (await api.ask<{ runs: { id: string }[] }>('runs.list', { cookie, input })).runs.map(({ id }) => id)
    expect(await flows(outside)).toEqual([open.id])
    expect(await runs(outside)).toEqual([open.runId])
    expect(await runs(outside, { flowId: theirs.id })).toEqual([])
    expect(await runs(outside, { limit: 1 })).toEqual([open.runId])
    for (const person of [inside, ada]) {
      expect(new Set(await flows(person))).toEqual(new Set([theirs.id, open.id]))
      expect(new Set(await runs(person))).toEqual(new Set([theirs.runId, open.runId]))
    }
  })

  it('gives nothing that its runs came to to a trial of somebody outside', async () => {
    const given = [{ node: 'brief', port: 'brief', fromRun: theirs.runId }]
    const wish = {
      target: { flowId: open.id, test: true },
      input: { brief },
      trial: { scope: { node: 'write', and: 'alone' }, given },
    }
    const plan = (who: Person) => api.call('runs.plan', { method: 'GET', cookie: who.cookie, input: wish })
    expect((await plan(inside)).status).toBe(200)
    expect(await api.refusal('runs.plan', { method: 'GET', cookie: outside.cookie, input: wish })).toEqual([
      404,
      'not_found.run',
    ])
    expect(await api.refusal('runs.start', post(wish, outside))).toEqual([404, 'not_found.run'])
  })

  it('lets nobody outside run its runs again, or look at what arrived in them', async () => {
    const refused = [404, 'not_found.run']
    const from = { runId: theirs.runId, nodeId: 'write' }
    expect(await api.refusal('runs.retry', post({ id: theirs.runId }, outside))).toEqual(refused)
    expect(await api.refusal('runs.rerunFrom', post(from, outside))).toEqual(refused)
    expect(await api.refusal('runs.inputs', { cookie: outside.cookie, input: from })).toEqual(refused)
    expect((await api.call('runs.inputs', { cookie: inside.cookie, input: from })).status).toBe(200)
  })

  it('opens neither its draft nor its events to somebody outside', async () => {
    const draft = openDraft(url, theirs.id, { cookie: outside.cookie })
    expect(await draft.refusedFor).toBe('not-found')
    expect(draft.meta.size).toBe(0)
    draft.close()
    const client = createPressroomClient({ url, cookie: outside.cookie })
    const refused = new Promise((resolve) =>
      client.runs.events.subscribe({ runId: theirs.runId }, { onError: resolve, onData: resolve }),
    )
    expect(await refused).toMatchObject({ data: { httpStatus: 404, failure: { code: 'not_found.run' } } })
  })

  it('is open to everybody in it, whatever they do', async () => {
    for (const [path, ask] of Object.entries(asked)) {
      if (path === 'flows.assign') continue
      const { status } = await api.call(path, { ...ask(), cookie: inside.cookie })
      expect([path, status]).toEqual([path, 200])
    }
  })
})

describe('giving a flow to a team', () => {
  it('is for those who then still reach it', async () => {
    const give = (id: string, to: string | null, who: Person) =>
      api.refusal('flows.assign', post({ id, teamId: to }, who))
    expect(await give(open.id, teamId, outside)).toEqual([403, 'auth.not_in_team'])
    expect(await give(open.id, 'never-was', outside)).toEqual([404, 'not_found.team'])
    const { id, owner: stranger } = await api.organisation('Rival')
    const foreign = await api.ask<{ id: string }>('teams.create', post({ name: 'Launch' }, stranger))
    expect(id).not.toBe('default')
    expect(await give(open.id, foreign.id, ada)).toEqual([404, 'not_found.team'])
  })

  it('is in the audit log, and no edit', async () => {
    const before = await api.ask<{ updatedAt: string }>('flows.get', {
      cookie: ada.cookie,
      input: { id: open.id },
    })
    const assigned = await api.ask('flows.assign', post({ id: open.id, teamId }, inside))
    expect(assigned).toMatchObject({ teamId, updatedAt: before.updatedAt })
    await api.ask('flows.assign', post({ id: open.id, teamId: null }, inside))
    const log = await api.admin(
      `SELECT entry FROM audit_log WHERE entry->>'action' = 'flows.assign' ORDER BY seq`,
    )
    expect(log.at(-2)?.['entry']).toMatchObject({
      actor: { id: inside.userId },
      target: { kind: 'flow', id: open.id },
      before: { teamId: null },
      after: { teamId },
    })
  })
})

describe('a team', () => {
  it('that is removed gives its flows to whom was said', async () => {
    const [gone, heir] = [
      await api.ask<{ id: string }>('teams.create', post({ name: 'Gone' })),
      await api.ask<{ id: string }>('teams.create', post({ name: 'Heir' })),
    ]
    await api.ask('flows.assign', post({ id: open.id, teamId: gone.id }))
    await api.ask('teams.remove', post({ id: gone.id, flowsTo: heir.id }))
    expect(await api.ask('flows.get', { cookie: ada.cookie, input: { id: open.id } })).toMatchObject({
      teamId: heir.id,
    })
    await api.ask('teams.remove', post({ id: heir.id, flowsTo: null }))
    expect(await api.ask('flows.get', { cookie: outside.cookie, input: { id: open.id } })).toMatchObject({
      teamId: null,
    })
  })

  it('takes members of its own organisation alone, and has a name of its own', async () => {
    const { owner: stranger } = await api.organisation('Other')
    const input = { id: teamId, memberIds: [inside.memberId, stranger.memberId] }
    expect(await api.refusal('teams.setMembers', post(input))).toEqual([404, 'not_found.member'])
    expect(await api.refusal('teams.create', post({ name: 'LAUNCH' }))).toEqual([409, 'conflict.team_name'])
    expect(await api.refusal('teams.rename', post({ id: teamId, name: 'X' }, stranger))).toEqual([
      404,
      'not_found.team',
    ])
    expect(await api.ask('teams.list', { cookie: ada.cookie })).toMatchObject([
      { id: teamId, name: 'Launch', memberIds: [inside.memberId] },
    ])
  })
})
