import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Flow, flowOf } from '#graph'
import type { DraftStore } from '#run/interfaces.ts'
import { connectStore } from '../../store/open-store.ts'
import { type DraftClient, openDraft } from '../testing/draft-client.ts'
import { type Harness, brief, owner, testApi } from '../testing/harness.ts'

let api: Harness
let url: string
let cookie: string
/** Stands in the way of saving, where a test wants that. */
let beforeSave: () => Promise<void> = async () => {}
const opened: { close(): void }[] = []

beforeAll(async () => {
  api = await testApi(({ stores }) => {
    const save: DraftStore['save'] = async (...draft) => {
      await beforeSave()
      return stores.drafts.save(...draft)
    }
    return { stores: { ...stores, drafts: { ...stores.drafts, save } } }
  })
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
  url = await api.listen('127.0.0.1', 0)
})
afterEach(() => {
  beforeSave = async () => {}
  for (const client of opened.splice(0)) client.close()
})
afterAll(() => api.close())

const post = async <T>(path: string, input: unknown): Promise<T> => {
  const { status, body } = await api.call(path, { method: 'POST', cookie, input })
  expect([status, body]).toEqual([200, expect.anything()])
  return (body as { result: { data: T } }).result.data
}
const get = async <T>(path: string, input: unknown): Promise<T> => {
  const { body } = await api.call(path, { cookie, input })
  return (body as { result: { data: T } }).result.data
}
const newFlow = async (name = 'Tea') => (await post<{ id: string }>('flows.create', { name })).id
const open = (flowId: string, options: Parameters<typeof openDraft>[2] = { cookie }) => {
  const client = openDraft(url, flowId, options)
  opened.push(client)
  return client
}
const type = ({ meta }: DraftClient, text: string) => meta.set('description', text)
const reads = ({ meta }: DraftClient) => meta.get('description')
const draftOf = async (id: string) => (await get<{ draft: Flow }>('flows.get', { id })).draft

describe('two people', () => {
  it('who edit one draft at once end with the same one, which is what the database has', async () => {
    const id = await newFlow()
    const [ada, bob] = [open(id), open(id)]
    await Promise.all([ada.saved(), bob.saved()])
    type(ada, 'from Ada')
    bob.meta.set('name', 'from Bob')
    await Promise.all([ada.saved(), bob.saved()])
    await ada.until(() => ada.meta.get('name') === 'from Bob')
    await bob.until(() => reads(bob) === 'from Ada')
    expect(flowOf(ada.doc)).toEqual(flowOf(bob.doc))
    expect(await draftOf(id)).toEqual(flowOf(ada.doc))
    expect(await draftOf(id)).toMatchObject({ name: 'from Bob', description: 'from Ada' })
  })

  it('see each other under the name of their session, whatever a client says', async () => {
    const id = await newFlow()
    const [ada, mallory] = [open(id), open(id)]
    await Promise.all([ada.saved(), mallory.saved()])
    mallory.provider.setAwarenessField('user', { id: 'x', name: 'The boss', colour: 'red' })
    const seen = () => ada.provider.awareness?.getStates().get(mallory.doc.clientID)?.['user']
    await ada.until(() => seen() !== undefined)
    expect(seen()).toMatchObject({ name: 'Ada', colour: 'red' })
  })
})

describe('an edit', () => {
  it('is not called saved before it is in the database, though others see it already', async () => {
    const id = await newFlow()
    const [ada, bob] = [open(id), open(id)]
    await Promise.all([ada.saved(), bob.saved()])
    const gate = Promise.withResolvers<void>()
    beforeSave = () => gate.promise
    type(ada, 'held')
    await bob.until(() => reads(bob) === 'held')
    // An answer to something else overtakes it, so the acknowledgement had its chance to come.
    await get('drafts.points', { flowId: id })
    expect(ada.provider.unsyncedChanges).toBe(1)
    expect((await draftOf(id)).description).toBe('')
    gate.resolve()
    await ada.saved()
    expect((await draftOf(id)).description).toBe('held')
  })

  it('that could not be stored is tried again until it is', async () => {
    const id = await newFlow()
    const ada = open(id)
    await ada.saved()
    let refusals = 2
    beforeSave = async () => {
      if (refusals-- > 0) throw new Error('the database is away')
    }
    type(ada, 'in the end')
    await ada.saved()
    expect(refusals).toBe(-1)
    expect((await draftOf(id)).description).toBe('in the end')
  })

  it('survives the death of the process that called it saved', async () => {
    const id = await newFlow()
    const doomed = await apiBeside()
    const ada = openDraft(doomed.url, id, { cookie })
    opened.push(ada)
    await ada.saved()
    type(ada, 'kept')
    await ada.saved()
    await doomed.losesItsDatabase()
    type(ada, 'never called saved')
    const later = open(id)
    await later.saved()
    expect(reads(later)).toBe('kept')
    expect(ada.provider.hasUnsyncedChanges).toBe(true)
    ada.close()
    const again = open(id, { cookie, doc: ada.doc })
    await again.saved()
    await later.until(() => reads(later) === 'never called saved')
    await doomed.close()
  })

  it('that was not stored yet is stored by a server that closes', async () => {
    const id = await newFlow()
    const ending = await apiBeside()
    const [ada, bob] = [1, 2].map(() => openDraft(ending.url, id, { cookie }))
    if (!ada || !bob) throw new Error('two clients')
    opened.push(ada, bob)
    await Promise.all([ada.saved(), bob.saved()])
    type(ada, 'in the last moment')
    await bob.until(() => reads(bob) === 'in the last moment')
    await ending.close()
    expect((await draftOf(id)).description).toBe('in the last moment')
  })

  it('that another process stored meanwhile is merged in, not written over', async () => {
    const id = await newFlow()
    const other = await apiBeside()
    const [here, there] = [open(id), openDraft(other.url, id, { cookie })]
    opened.push(there)
    await Promise.all([here.saved(), there.saved()])
    there.meta.set('name', 'there')
    await there.saved()
    type(here, 'here')
    await here.saved()
    await here.until(() => here.meta.get('name') === 'there')
    expect(await draftOf(id)).toMatchObject({ name: 'there', description: 'here' })
    await other.close()
  })
})

/** A second API process on the same database, as far as the database can tell. */
async function apiBeside() {
  const store = await connectStore(api.store.database.adminUrl)
  const { authPool, directory, accessChanges } = store
  const beside = await testApi(() => ({ stores: store, authPool, directory, accessChanges }))
  let lost = false
  return {
    url: await beside.listen('127.0.0.1', 0),
    async losesItsDatabase() {
      lost = true
      await store.pool.end()
    },
    async close() {
      await beside.close()
      if (lost) await expect(store.close()).rejects.toThrow('more than once')
      else await store.close()
    },
  }
}

describe('the socket', () => {
  const upgrade = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const asked = request(new URL(path, url), {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          ...headers,
        },
      })
      asked.on('response', (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      asked.on('upgrade', (response, socket) => {
        socket.destroy()
        resolve(response.statusCode ?? 0)
      })
      asked.on('error', reject)
      asked.end()
    })

  it('opens for somebody signed in, and for nobody else', async () => {
    expect(await upgrade('/drafts', { cookie })).toBe(101)
    expect(await upgrade('/drafts', {})).toBe(401)
    expect(await upgrade('/drafts', { cookie: cookie.replace(/=.*/, '=forged') })).toBe(401)
  })

  it('is not opened by pages of other sites, nor at other addresses', async () => {
    expect(await upgrade('/drafts', { cookie, origin: 'https://evil.example' })).toBe(403)
    expect(await upgrade('/drafts', { cookie, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await upgrade('/elsewhere', { cookie })).toBe(404)
  })

  it('is closed to a member whose role may read nothing', async () => {
    await api.admin(`UPDATE members SET role = 'guest'`)
    const status = await upgrade('/drafts', { cookie })
    await api.admin(`UPDATE members SET role = 'owner'`)
    expect(status).toBe(403)
  })

  it('shows nobody a flow that is not there, was removed, or belongs to another organisation', async () => {
    const [ours, removed] = [await newFlow('Ours'), await newFlow('Removed')]
    await post('flows.remove', { id: removed })
    expect(await open('never-was').refusedFor).toBe('not-found')
    expect(await open(removed).refusedFor).toBe('not-found')
    const ada = open(ours)
    await ada.saved()
    await api.admin(`INSERT INTO organisations (id, name, slug) VALUES ('rival', 'Rival', 'rival')`)
    await api.admin(`UPDATE members SET organisation_id = 'rival'`)
    const spy = open(ours)
    const reason = await spy.refusedFor
    await api.admin(`UPDATE members SET organisation_id = 'default'`)
    expect(reason).toBe('not-found')
    expect(spy.meta.size).toBe(0)
  })

  it('takes no edit from a viewer, who sees those of others', async () => {
    const id = await newFlow()
    const ada = open(id)
    await ada.saved()
    const viewer = open(id, await api.person({ role: 'viewer' }))
    await viewer.saved()
    expect(viewer.provider.authorizedScope).toBe('readonly')
    viewer.meta.set('name', 'scribbled')
    type(ada, 'to be seen')
    await viewer.until(() => reads(viewer) === 'to be seen')
    await ada.saved()
    expect(ada.meta.get('name')).toBe('Tea')
    expect(viewer.provider.unsyncedChanges).toBeGreaterThan(0)
    expect((await draftOf(id)).name).toBe('Tea')
  })
})

describe('what works on a draft while people edit it', () => {
  it('publishing takes what was last typed', async () => {
    const { id } = await post<{ id: string }>('flows.fromTemplate', { template: 'zine-swarm' })
    const [ada, bob] = [open(id), open(id)]
    await Promise.all([ada.saved(), bob.saved()])
    type(ada, 'the last word')
    await bob.until(() => reads(bob) === 'the last word')
    const { version } = await post<{ version: { id: string } }>('flows.publish', { id, message: 'First' })
    expect(await get('flows.version', { versionId: version.id })).toMatchObject({
      flow: { description: 'the last word' },
    })
    expect(await get('flows.versions', { id })).toMatchObject([
      { number: 1, message: 'First', createdByName: 'Ada' },
    ])
  })

  it('rolling back and restoring arrive as edits, and each keeps what was there before', async () => {
    const { id } = await post<{ id: string }>('flows.fromTemplate', { template: 'zine-swarm' })
    const ada = open(id)
    await ada.saved()
    type(ada, 'published')
    await ada.saved()
    const { version } = await post<{ version: { id: string } }>('flows.publish', { id })
    type(ada, 'went too far')
    await ada.until(() => reads(ada) === 'went too far')
    await ada.saved()
    await post('flows.rollBack', { id, versionId: version.id })
    await ada.until(() => reads(ada) === 'published')
    const [point] = await get<{ number: number; authorName: string }[]>('drafts.points', { flowId: id })
    expect(point?.authorName).toBe('Ada')
    const input = { flowId: id, number: point?.number }
    expect(await get('drafts.point', input)).toMatchObject({ flow: { description: 'went too far' } })
    await post('drafts.restore', input)
    await ada.until(() => reads(ada) === 'went too far')
    expect(await draftOf(id)).toEqual(flowOf(ada.doc))
  })

  it('rolling back to a version of another flow is refused and changes nothing', async () => {
    const { id } = await post<{ id: string }>('flows.fromTemplate', { template: 'zine-swarm' })
    const { version } = await post<{ version: { id: string } }>('flows.publish', { id })
    const other = await newFlow('Other')
    const input = { id: other, versionId: version.id }
    expect(await api.call('flows.rollBack', { method: 'POST', cookie, input })).toMatchObject({ status: 404 })
    expect((await draftOf(other)).nodes).toEqual([])
  })

  it('a test runs the draft as it is now and publishes nothing', async () => {
    const { body } = await api.call('flows.import', {
      method: 'POST',
      cookie,
      input: { document: (await get<{ flow: Flow }>('templates.get', { id: 'zine-swarm' })).flow },
    })
    const { id } = (body as { result: { data: { id: string } } }).result.data
    const [ada, bob] = [open(id), open(id)]
    await Promise.all([ada.saved(), bob.saved()])
    ada.meta.set('name', 'Tried')
    await bob.until(() => bob.meta.get('name') === 'Tried')
    const run = { target: { flowId: id, test: true }, input: { brief } }
    const { runId } = await post<{ runId: string }>('runs.start', run)
    expect(await get('runs.graph', { id: runId })).toMatchObject({ flow: { name: 'Tried' } })
    expect(await get('flows.get', { id })).toMatchObject({ published: null, publishedNumber: null })
    expect(
      await api.store.withOrganisation('default', (tx) => tx.run.findUnique({ where: { id: runId } })),
    ).toMatchObject({ flowId: id, flowVersionId: null })
  })

  it('removing a flow sends its editors away; bringing it back loses nothing', async () => {
    const id = await newFlow('Passing')
    const ada = open(id)
    await ada.saved()
    type(ada, 'still here')
    await ada.saved()
    await post('flows.remove', { id })
    expect(await ada.refusedFor).toBe('not-found')
    expect(await get<{ id: string }[]>('flows.list', undefined)).not.toContainEqual(
      expect.objectContaining({ id }),
    )
    await post('flows.restore', { id })
    const again = open(id)
    await again.saved()
    expect(reads(again)).toBe('still here')
  })
})
