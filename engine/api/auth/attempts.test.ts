import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Api, createApi } from '../index.ts'
import { type Harness, owner, testApi } from '../testing/harness.ts'
import type { ApiDeps } from '../deps.ts'

let first: Harness
let second: Api
beforeAll(async () => {
  let shared: ApiDeps | null = null
  first = await testApi((deps) => {
    shared = { ...deps, trustedProxies: ['127.9.0.1'] }
    return {}
  })
  if (!shared) throw new Error('the harness made no services')
  second = await createApi(shared)
  await first.call('setup.create', { method: 'POST', input: owner })
})
beforeEach(async () => void (await first.admin('DELETE FROM rate_limits')))
afterAll(async () => {
  await second.close()
  await first.close()
})

function signIn(
  api: Api,
  { password = 'a wrong guess', from = '127.0.0.1', forwarded = '', email = owner.email } = {},
) {
  const headers = forwarded === '' ? {} : { 'x-forwarded-for': forwarded }
  const url = '/api/auth/sign-in/email'
  return api.app.inject({ method: 'POST', url, payload: { email, password }, remoteAddress: from, headers })
}
const turn = (i: number): Api => (i % 2 === 0 ? first : second)

describe('tries to sign in', () => {
  it('from one address are counted across processes', async () => {
    for (let i = 0; i < 10; i++) expect((await signIn(turn(i))).statusCode).toBe(401)
    for (const api of [first, second]) {
      const refused = await signIn(api, { password: owner.password })
      expect(refused.statusCode).toBe(429)
      const { facts } = refused.json<{ failure: { facts: { retryAfterMs: number } } }>().failure
      expect(Number(refused.headers['retry-after'])).toBe(Math.ceil(facts.retryAfterMs / 1_000))
      expect(facts.retryAfterMs).toBeGreaterThan(0)
      expect(facts.retryAfterMs).toBeLessThanOrEqual(60_000)
    }
  })

  it('for one account are counted from all addresses, at once too, and however its address is written', async () => {
    const tries = Array.from({ length: 25 }, (_, i) =>
      signIn(turn(i), { from: `127.3.0.${i}`, email: i % 3 === 0 ? owner.email.toUpperCase() : owner.email }),
    )
    const statuses = (await Promise.all(tries)).map(({ statusCode }) => statusCode)
    expect(statuses.filter((status) => status === 401)).toHaveLength(20)
    const right = await signIn(first, { from: '127.3.1.1', password: owner.password })
    expect(right.statusCode).toBe(429)
  })

  it('that succeed take nothing from the next one of the same address', async () => {
    for (let i = 0; i < 12; i++) {
      const { statusCode } = await signIn(turn(i), { from: '127.6.0.1', password: owner.password })
      expect(statusCode).toBe(200)
    }
  })

  it('begin anew for an account whose owner signs in', async () => {
    for (let i = 0; i < 19; i++) await signIn(turn(i), { from: `127.4.0.${i}` })
    expect((await signIn(first, { from: '127.4.1.1', password: owner.password })).statusCode).toBe(200)
    expect((await signIn(first, { from: '127.4.1.2' })).statusCode).toBe(401)
  })

  it('from a whole network of IPv6 count as one client’s', async () => {
    for (let i = 0; i < 10; i++) await signIn(first, { from: `2001:db8::${i}` })
    expect((await signIn(first, { from: '2001:db8::ffff:1' })).statusCode).toBe(429)
    expect((await signIn(first, { from: '2001:db8:0:1::1' })).statusCode).toBe(401)
  })

  it('are counted for the address that a trusted proxy names, and for no address that anybody else names', async () => {
    for (let i = 0; i < 10; i++) await signIn(second, { from: '127.9.0.1', forwarded: '198.51.100.7' })
    expect((await signIn(second, { from: '127.9.0.1', forwarded: '198.51.100.7' })).statusCode).toBe(429)
    expect((await signIn(second, { from: '127.9.0.1', forwarded: '198.51.100.8' })).statusCode).toBe(401)
    for (let i = 0; i < 10; i++) await signIn(second, { from: '127.9.0.2', forwarded: `198.51.101.${i}` })
    expect((await signIn(second, { from: '127.9.0.2', forwarded: '198.51.101.99' })).statusCode).toBe(429)
  })

  it('with an unknown address cost as much time as with a wrong password', async () => {
    const times = { known: [] as number[], unknown: [] as number[] }
    for (let i = 0; i < 6; i++) {
      for (const [kind, email] of [
        ['known', owner.email],
        ['unknown', `nobody${i}@example.org`],
      ] as const) {
        const start = performance.now()
        await signIn(first, { from: `127.5.${i}.${kind.length}`, email })
        times[kind].push(performance.now() - start)
      }
    }
    const [known, unknown] = [times.known, times.unknown].map((all) => Math.min(...all))
    expect((unknown ?? 0) / (known ?? 1)).toBeGreaterThan(0.5)
    expect((unknown ?? 0) / (known ?? 1)).toBeLessThan(2)
  })
})
