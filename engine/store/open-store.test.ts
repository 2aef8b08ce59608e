import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectStore, openStore, type StoreHandle } from './open-store.ts'
import { smallFlow, smallSeed } from './testing/fixtures.ts'
import { testDatabase, testOrganisation, type TestDatabase } from './testing/database.ts'
import { asAdmin } from './testing/server.ts'

let database: TestDatabase
let store: StoreHandle

const open = (seed = smallSeed) => connectStore(database.adminUrl, { seed })

describe('the seed', () => {
  beforeEach(async () => {
    database = await testDatabase()
    store = await open()
  })
  afterEach(async () => {
    await store.close()
    await database.close()
  })

  it('gives a fresh database one organisation with the whole catalogue in its own order', async () => {
    const organisations = await store.withOrganisation('default', (tx) => tx.organisation.findMany())
    expect(organisations.map(({ id, name }) => ({ id, name }))).toEqual([
      { id: 'default', name: 'My organisation' },
    ])
    expect(await store.catalogs.catalog('default')).toEqual({
      contentTypes: smallSeed.contentTypes,
      agents: smallSeed.agents,
      models: smallSeed.modelConfigurations.map((model) => ({ ...model, connection: null })),
      connections: [],
    })
  })

  it('changes nothing when it runs again, not even what an administrator has edited', async () => {
    await store.withOrganisation('default', (tx) =>
      tx.agent.updateMany({ where: { slug: 'witty' }, data: { systemPrompt: 'Be wittier.' } }),
    )
    const before = await store.catalogs.catalog('default')
    await (await open()).close()
    expect(await store.catalogs.catalog('default')).toEqual(before)
    expect(before.agents[0]?.systemPrompt).toBe('Be wittier.')
  })

  it('adds what a later version brings, to every organisation', async () => {
    await testOrganisation(database, 'second')
    const added = smallSeed.agents.slice(0, 1).map((agent) => ({ ...agent, slug: 'later' }))
    const later = { ...smallSeed, agents: [...smallSeed.agents, ...added] }
    await (await open(later)).close()
    for (const organisation of ['default', 'second']) {
      const { agents } = await store.catalogs.catalog(organisation)
      expect(agents.map((agent) => agent.slug)).toEqual(['witty', 'brief', 'later'])
    }
  })

  it('ends with one organisation when two processes open a fresh database at the same time', async () => {
    await asAdmin(database.adminUrl, (client) => client.query('DELETE FROM organisations'))
    await Promise.all([open(), open()].map(async (opened) => (await opened).close()))
    const { rows } = await store.pool.query('SELECT id FROM system_organisations()')
    expect(rows).toEqual([{ id: 'default' }])
  })

  it('is, as shipped, a catalogue that can be read', async () => {
    await (await connectStore(database.adminUrl)).close()
    const { contentTypes, agents, models } = await store.catalogs.catalog('default')
    expect(contentTypes.length).toBeGreaterThan(8)
    expect(agents.length).toBeGreaterThan(2)
    expect(models.length).toBeGreaterThan(1)
  })
})

describe('a store', () => {
  beforeAll(async () => {
    database = await testDatabase()
    await testOrganisation(database, 'ours')
    await testOrganisation(database, 'theirs')
    store = await open()
  })
  afterAll(async () => {
    await store.close()
    await database.close()
  })

  it('connects as a role that row-level security binds', async () => {
    for (const pool of [store.pool, store.authPool]) {
      expect((await pool.query('SELECT current_user AS name')).rows).toEqual([{ name: 'pressroom_app' }])
    }
    const [row] = await store.prisma.$queryRaw<{ name: string }[]>`SELECT current_user AS name`
    expect(row?.name).toBe('pressroom_app')
  })

  it('opens on DATABASE_URL without touching the data folder', async () => {
    const dataDir = '/nonexistent'
    const opened = await openStore({
      dataDir,
      databaseUrl: database.adminUrl,
      mode: 'server',
      seed: smallSeed,
    })
    expect(opened.database).toEqual({ url: database.url, adminUrl: database.adminUrl, embedded: null })
    expect((await opened.catalogs.catalog('ours')).agents).toEqual(smallSeed.agents)
    await opened.close()
  })

  it('shows Prisma one organisation in withOrganisation, and none outside of it', async () => {
    const slugs = await store.withOrganisation('ours', (tx) =>
      tx.agent.findMany({ select: { organisationId: true } }),
    )
    expect(new Set(slugs.map((row) => row.organisationId))).toEqual(new Set(['ours']))
    expect(await store.prisma.agent.count()).toBe(0)
  })

  it('makes one copy of a template, however many ask for it at once', async () => {
    const template = { id: 'greeting', flow: smallFlow }
    const copies = await Promise.all([1, 2, 3].map(() => store.flows.fromTemplate('ours', template)))
    expect(new Set(copies.map((copy) => copy.id)).size).toBe(1)
    expect(copies[0]).toMatchObject({
      slug: 'greeting',
      template: 'greeting',
      draft: smallFlow,
      published: null,
    })
    expect(await store.flows.list('ours')).toHaveLength(1)
  })

  it('finds a flow by id and by slug in its own organisation only', async () => {
    const made = await store.flows.fromTemplate('ours', { id: 'found', flow: smallFlow })
    expect(await store.flows.get('ours', made.id)).toEqual(made)
    expect(await store.flows.get('ours', 'found')).toEqual(made)
    expect(await store.flows.get('theirs', made.id)).toBeNull()
    expect(await store.flows.get('theirs', 'found')).toBeNull()
  })

  it('freezes a draft as a numbered version and keeps it when the draft goes on', async () => {
    const { id } = await store.flows.fromTemplate('ours', { id: 'frozen', flow: smallFlow })
    const first = await store.flows.publish('ours', id, 'First', null)
    await editDraft(id, { ...smallFlow, name: 'Farewell' })
    const second = await store.flows.publish('ours', id, 'Second', null)
    expect([first.number, second.number]).toEqual([1, 2])
    expect((await store.flows.version('ours', first.id))?.flow).toEqual(smallFlow)
    expect((await store.flows.get('ours', id))?.published).toEqual(second)
    expect(await store.flows.version('theirs', first.id)).toBeNull()
  })

  it('publishes the same content as the same version, in whatever order its keys were written', async () => {
    const { id } = await store.flows.fromTemplate('ours', { id: 'same', flow: smallFlow })
    const versions = await Promise.all([1, 2].map(() => store.flows.publish('ours', id, '', null)))
    await editDraft(id, Object.fromEntries(Object.entries(smallFlow).reverse()))
    versions.push(await store.flows.publish('ours', id, 'again', null))
    expect(new Set(versions.map((version) => version.id)).size).toBe(1)
  })

  it('says which flow there is none of, and where a saved draft is broken', async () => {
    await expect(store.flows.publish('theirs', 'nowhere', '', null)).rejects.toMatchObject({
      failure: { code: 'flow.not_found', facts: { flowId: 'nowhere' } },
    })
    const { id } = await store.flows.fromTemplate('ours', { id: 'broken', flow: smallFlow })
    await editDraft(id, { ...smallFlow, limits: { maxLocalConcurrent: 9 } })
    await expect(store.flows.get('ours', id)).rejects.toMatchObject({
      failure: { code: 'flow.unreadable', message: expect.stringContaining('limits.maxLocalConcurrent') },
    })
  })
})

const editDraft = (id: string, draft: object) =>
  store.withOrganisation('ours', (tx) => tx.flow.update({ where: { id }, data: { draft } }))
