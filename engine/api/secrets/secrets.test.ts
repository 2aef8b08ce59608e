import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PressroomError } from '#graph'
import { type Harness, owner, testApi } from '../testing/harness.ts'

const VALUE = 'sesame-4711-&-more'

let api: Harness
let cookie: string
let id: string
let open: () => Promise<string>

beforeAll(async () => {
  api = await testApi((deps) => {
    open = () => deps.secrets.open('default', id)
    const refusing = async () => {
      throw new PressroomError({
        code: 'conflict.n8n',
        message: `n8n refused ?key=${encodeURIComponent(await open())}`,
        fix: 'x',
        facts: { sent: { authorization: `Bearer ${await open()}` } },
      })
    }
    return { stores: { ...deps.stores, flows: { ...deps.stores.flows, list: refusing } } }
  })
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
  const made = await post('secrets.create', { name: 'n8n', value: VALUE })
  id = (made.body as { result: { data: { id: string } } }).result.data.id
})
afterAll(() => api.close())

const post = (path: string, input: unknown) => api.call(path, { method: 'POST', cookie, input })

describe('a secret', () => {
  it('is opened by the engine and given out by no procedure', async () => {
    expect(await open()).toBe(VALUE)
    const { body } = await api.call('secrets.list', { cookie })
    expect(body).toMatchObject({ result: { data: [{ id, name: 'n8n', updatedByName: 'Ada' }] } })
    expect(JSON.stringify(body)).not.toContain('4711')
  })

  it('leaves with no failure, in whatever form it got into one', async () => {
    const { body } = await api.call('flows.list', { cookie })
    expect(body).toMatchObject({
      error: {
        message: 'n8n refused ?key=[secret]',
        data: { failure: { facts: { sent: { authorization: 'Bearer [secret]' } } } },
      },
    })
    expect(JSON.stringify(body)).not.toContain('4711')
  })

  it('can be replaced and removed, and then is not there', async () => {
    expect((await post('secrets.replace', { id, value: 'another value' })).status).toBe(200)
    expect(await open()).toBe('another value')
    expect((await post('secrets.remove', { id })).status).toBe(200)
    expect((await post('secrets.remove', { id })).status).toBe(404)
    expect((await post('secrets.replace', { id, value: 'x' })).status).toBe(404)
  })
})
