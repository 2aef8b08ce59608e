import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, owner, testApi } from '../testing/harness.ts'

let api: Harness
let encrypted: Harness
let cookie: string

beforeAll(async () => {
  api = await testApi(() => ({ readiness: () => Promise.reject(new Error('the password is swordfish')) }))
  encrypted = await testApi(() => ({ publicUrl: 'https://pressroom.example.org' }))
  for (const each of [api, encrypted]) await each.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
})
afterAll(async () => void (await Promise.all([api.close(), encrypted.close()])))

const PATHS = ['/', '/trpc/session.get', '/trpc/nothing.here', '/api/nothing', '/healthz', '/readyz']
const post = (url: string, payload: string, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { cookie, 'content-type': 'application/json', ...headers },
  })

describe('every answer', () => {
  it.each(PATHS)('at %s carries the policies, whatever its status', async (url) => {
    const { headers } = await api.app.inject({ url })
    expect(headers['content-security-policy']).toContain("script-src 'self';")
    expect(headers['content-security-policy']).toContain("script-src-attr 'none'")
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers).not.toHaveProperty('server')
  })

  it.each(PATHS.slice(1))('at %s stays in no cache', async (url) => {
    expect((await api.app.inject({ url })).headers['cache-control']).toBe('no-store')
  })

  it('asks browsers to keep to https where that is the public address, and only there', async () => {
    const asked = await Promise.all([api, encrypted].map((each) => each.app.inject({ url: '/healthz' })))
    expect(asked.map(({ headers }) => headers['strict-transport-security'] ?? null)).toEqual([
      null,
      'max-age=31536000; includeSubDomains',
    ])
    expect(asked[1]?.headers['content-security-policy']).toContain('upgrade-insecure-requests')
  })

  it('has a number of our own, whatever number the request came with', async () => {
    const { headers } = await api.app.inject({
      url: '/healthz',
      headers: { 'x-request-id': 'mine', 'request-id': 'mine' },
    })
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('says nothing of what went wrong inside but the number of the log line', async () => {
    const response = await api.app.inject({ url: '/readyz' })
    expect([response.statusCode, response.json()]).toMatchObject([
      500,
      { failure: { code: 'internal.unexpected', facts: { requestId: response.headers['x-request-id'] } } },
    ])
    expect(response.body).not.toMatch(/swordfish|\bat \S+:\d+|node_modules/)
  })
})

describe('a session', () => {
  it.each([
    ['http', 'pressroom.session_token', false],
    ['https', '__Secure-pressroom.session_token', true],
  ])(
    'over %s is a cookie that no script reads and no other site sends along',
    async (scheme, name, secure) => {
      const { email, password } = owner
      const response = await (secure ? encrypted : api).app.inject({
        method: 'POST',
        url: '/api/auth/sign-in/email',
        payload: { email, password },
        remoteAddress: '127.9.9.9',
      })
      const found = response.cookies.find((each) => each.name === name)
      expect([scheme, found]).toMatchObject([scheme, { httpOnly: true, sameSite: 'Lax', path: '/' }])
      expect(found?.secure ?? false).toBe(secure)
      expect(found).not.toHaveProperty('domain')
    },
  )
})

describe('another origin', () => {
  it.each(['/trpc/flows.create', '/trpc/session.get', '/api/auth/sign-in/email', '/healthz'])(
    'gets no leave to ask for %s, nor to read it',
    async (url) => {
      const headers = {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type, authorization',
      }
      for (const method of ['OPTIONS', 'GET', 'POST'] as const) {
        const response = await api.app.inject({ method, url, headers })
        const leave = Object.keys(response.headers).filter((name) => name.startsWith('access-control-'))
        expect([method, leave]).toEqual([method, []])
      }
      expect((await api.app.inject({ method: 'OPTIONS', url, headers })).statusCode).toBe(404)
    },
  )
})

describe('a body', () => {
  it.each([
    ['/api/auth/sign-in/email', 16],
    ['/api/auth/sign-out', 16],
    ['/trpc/flows.create', 2_048],
  ])('for %s that is larger than %i KiB is refused before it is read', async (url, kib) => {
    const response = await post(url, JSON.stringify({ name: 'x'.repeat(kib * 1_024) }))
    expect([response.statusCode, response.json()]).toMatchObject([
      413,
      { failure: { code: 'input.too_large', message: expect.stringContaining(`${kib} KiB`) } },
    ])
  })

  it.each(['/trpc/flows.create', '/trpc/flows.check', '/api/auth/sign-in/email'])(
    'for %s that is nested without end harms nothing',
    async (url) => {
      const bytes = url.startsWith('/trpc') ? 500_000 : 8_000
      for (const deep of ['['.repeat(bytes), `{"document":${'['.repeat(bytes)}${']'.repeat(bytes)}}`]) {
        const { statusCode } = await post(url, deep)
        expect(statusCode).toBeLessThan(500)
      }
    },
  )

  it.each(['/trpc/flows.create', '/trpc/flows.check', '/api/auth/sign-in/email'])(
    'for %s changes no prototype',
    async (url) => {
      for (const poison of ['"__proto__"', '"constructor"']) {
        const { statusCode } = await post(
          url,
          `{${poison}:{"prototype":{"polluted":1},"polluted":1},"name":"x","document":{${poison}:{"polluted":1}}}`,
        )
        expect([poison, statusCode]).toEqual([poison, 400])
      }
      expect({}).not.toHaveProperty('polluted')
    },
  )
})

describe('a request', () => {
  it('has to arrive in time', () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout } = api.app.server
    expect([headersTimeout, requestTimeout]).toEqual([15_000, 60_000])
    expect(keepAliveTimeout).toBeGreaterThan(0)
  })

  it('for a path that is not there is answered alike everywhere, and so is one for a procedure', async () => {
    const bodies = async (urls: string[]) =>
      new Set(await Promise.all(urls.map(async (url) => (await api.app.inject({ url })).body)))
    expect(
      (await bodies(['/api/nothing', '/api/auth/sign-up/email', '/assets/nothing', '/nothing'])).size,
    ).toBe(1)
    const procedures = ['nothing.here', 'flows.nothing'].map((path) => `/trpc/${path}`)
    const told = [...(await bodies(procedures))].map((body) =>
      body.replaceAll(/nothing\.here|flows\.nothing/g, ''),
    )
    expect(new Set(told).size).toBe(1)
  })
})
