import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, owner, testApi } from '../testing/harness.ts'
import { setupCode } from './setup-code.ts'

let api: Harness
beforeAll(async () => {
  api = await testApi()
  await api.admin('DELETE FROM verifications')
})
afterAll(() => api.close())

const create = (code: string, remoteAddress: string) =>
  api.app.inject({
    method: 'POST',
    url: '/trpc/setup.create',
    payload: { ...owner, code },
    remoteAddress,
  })

it('lets nobody in before there is a code', async () => {
  expect((await create('', '127.0.0.1')).statusCode).toBe(400)
})

it('is one and the same for every process that asks at once, and for every later start', async () => {
  const pool = api.store.authPool
  const codes = await Promise.all(Array.from({ length: 8 }, () => setupCode(pool)))
  expect(new Set(codes).size).toBe(1)
  expect(codes[0]).toMatch(/^([A-Z2-9]{4}-){3}[A-Z2-9]{4}$/)
  expect(await setupCode(pool)).toBe(codes[0])
})

it('can be tried twenty times in a quarter of an hour, from however many addresses', async () => {
  // One try was made above.
  for (let i = 0; i < 19; i++) expect((await create('wrong', `127.0.1.${i}`)).statusCode).toBe(400)
  const code = await setupCode(api.store.authPool)
  const refused = await create(code ?? '', '127.0.2.1')
  expect([refused.statusCode, refused.body]).toEqual([429, expect.stringContaining('limit.attempts')])
})

it('is used once, in whatever way it is typed, and there is none afterwards', async () => {
  await api.admin('DELETE FROM rate_limits')
  const code = await setupCode(api.store.authPool)
  const typed = code?.toLowerCase().replaceAll('-', ' ') ?? ''
  expect((await create(typed, '127.0.2.2')).statusCode).toBe(200)
  expect(await setupCode(api.store.authPool)).toBeNull()
  expect((await create(typed, '127.0.2.3')).statusCode).toBe(409)
})
