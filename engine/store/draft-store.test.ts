import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Flow } from '#graph'
import { connectStore, type StoreHandle } from './open-store.ts'
import { testDatabase, testOrganisation, type TestDatabase } from './testing/database.ts'
import { smallFlow, smallSeed } from './testing/fixtures.ts'
import { asAdmin } from './testing/server.ts'

let database: TestDatabase
let store: StoreHandle
let flowId: string
beforeAll(async () => {
  database = await testDatabase()
  await testOrganisation(database, 'ours')
  await testOrganisation(database, 'theirs')
  store = await connectStore(database.adminUrl, { seed: smallSeed })
})
beforeEach(async () => {
  flowId = (await store.flows.create('ours', smallFlow, [])).id
})
afterAll(async () => {
  await store.close()
  await database.close()
})

const first = () => new Uint8Array([1])
const named = (name: string): Flow => ({ ...smallFlow, name })
const save = (name: string, revision: number, keepPoint = false) =>
  store.drafts.save('ours', flowId, {
    state: new Uint8Array([2, revision]),
    flow: named(name),
    revision,
    authorId: null,
    keepPoint,
  })
const points = async () => (await store.drafts.points('ours', flowId))?.map(({ number }) => number)
/** As if the last point had been made that long ago. */
const aMinutePasses = () =>
  asAdmin(database.adminUrl, (client) =>
    client.query(`UPDATE flow_draft_points SET created_at = created_at - interval '61 seconds'`),
  )

describe('a live document', () => {
  it('is made once, however many open it at the same moment', async () => {
    const opened = await Promise.all(
      [1, 2, 3, 4].map((byte) => store.drafts.open('ours', flowId, () => new Uint8Array([byte]))),
    )
    const states = new Set(opened.map((draft) => draft?.state.join()))
    expect(states.size).toBe(1)
    expect(opened.map((draft) => draft?.revision)).toEqual([1, 1, 1, 1])
  })

  it('is saved with the same draft as JSON and the name that the list shows', async () => {
    await store.drafts.open('ours', flowId, first)
    expect(await save('Renamed', 1)).toBe(2)
    expect(await store.drafts.open('ours', flowId, first)).toEqual({
      state: new Uint8Array([2, 1]),
      revision: 2,
    })
    expect(await store.flows.get('ours', flowId)).toMatchObject({ name: 'Renamed', draft: named('Renamed') })
  })

  it('that somebody else has saved since is not written over', async () => {
    await store.drafts.open('ours', flowId, first)
    await save('Theirs', 1)
    expect(await save('Mine', 1)).toBeNull()
    expect(await store.flows.get('ours', flowId)).toMatchObject({ name: 'Theirs' })
  })

  it('takes one of two saves that are made of the same revision at once', async () => {
    await store.drafts.open('ours', flowId, first)
    const saved = await Promise.all([save('One', 1), save('Two', 1)])
    expect(saved.toSorted()).toEqual([2, null])
  })

  it('is not there for another organisation', async () => {
    await store.drafts.open('ours', flowId, first)
    expect(await store.drafts.open('theirs', flowId, first)).toBeNull()
    expect(await store.drafts.has('theirs', flowId)).toBe(false)
    expect(await store.drafts.points('theirs', flowId)).toBeNull()
    const draft = { state: first(), flow: named('Stolen'), revision: 1, authorId: null }
    expect(await store.drafts.save('theirs', flowId, draft)).toBeNull()
    expect(await store.flows.get('ours', flowId)).toMatchObject({ name: smallFlow.name })
  })
})

describe('the history', () => {
  it('gets at most one point a minute, each being what was there before', async () => {
    await store.drafts.open('ours', flowId, first)
    await save('A', 1)
    await save('B', 2)
    expect(await points()).toEqual([1])
    await aMinutePasses()
    await save('C', 3)
    expect(await points()).toEqual([2, 1])
    expect(await store.drafts.point('ours', flowId, 2)).toEqual(named('B'))
    expect(await store.drafts.point('ours', flowId, 1)).toEqual(smallFlow)
  })

  it('gets a point within the minute where one is asked for', async () => {
    await store.drafts.open('ours', flowId, first)
    await save('A', 1)
    await save('B', 2, true)
    expect(await store.drafts.point('ours', flowId, 2)).toEqual(named('A'))
  })

  it('gets none for a save that changes nothing', async () => {
    await store.drafts.open('ours', flowId, first)
    await save(smallFlow.name, 1, true)
    expect(await points()).toEqual([])
  })

  it('keeps the newest 500 points', async () => {
    await store.drafts.open('ours', flowId, first)
    for (let revision = 1; revision <= 503; revision++) await save(`Draft ${revision}`, revision, true)
    const kept = await points()
    expect([kept?.length, kept?.[0], kept?.at(-1)]).toEqual([500, 503, 4])
  })
})

describe('a removed flow', () => {
  it('is in no list, frees its address, and comes back as it was', async () => {
    const { slug } = await store.flows.create('ours', named('Passing'), [])
    const { id } = (await store.flows.get('ours', slug)) ?? { id: '' }
    expect(await store.flows.remove('ours', id)).toBe(true)
    expect(await store.flows.remove('ours', id)).toBe(false)
    expect(await store.flows.get('ours', id)).toBeNull()
    expect(await store.flows.versions('ours', id)).toBeNull()
    expect((await store.flows.list('ours')).map((flow) => flow.id)).not.toContain(id)
    expect((await store.flows.create('ours', named('Passing'), [])).slug).toBe(slug)
    expect(await store.flows.restore('ours', id)).toMatchObject({
      slug: `${slug}-2`,
      draft: named('Passing'),
    })
  })

  it('that was a template of its own lets the template be opened afresh', async () => {
    const template = { id: 'small-swarm', flow: smallFlow }
    const old = await store.flows.fromTemplate('ours', template)
    await store.flows.remove('ours', old.id)
    const fresh = await store.flows.fromTemplate('ours', template)
    expect(fresh).toMatchObject({ slug: 'small-swarm', template: 'small-swarm' })
    expect(fresh.id).not.toBe(old.id)
  })
})
