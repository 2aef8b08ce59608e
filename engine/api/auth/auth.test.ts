import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, owner, testApi } from '../testing/harness.ts'

const SIGN_IN = '/api/auth/sign-in/email'
const failureOf = (body: unknown) => body as { error: { data: { failure: { code: string } } } }

describe('a fresh installation', () => {
  let api: Harness
  beforeAll(async () => {
    api = await testApi()
  })
  afterAll(() => api.close())

  it('asks for its owner', async () => {
    expect(await api.call('setup.status')).toMatchObject({ body: { result: { data: { needed: true } } } })
  })

  it('refuses a short password before it makes anything', async () => {
    const input = { ...owner, password: 'short' }
    const { status, body } = await api.call('setup.create', { method: 'POST', input })
    expect(status).toBe(400)
    expect(failureOf(body).error.data.failure).toMatchObject({
      code: 'input.invalid',
      facts: { issues: [{ path: 'password' }] },
    })
    expect(await api.store.prisma.user.count()).toBe(0)
  })

  it('is nobody’s who does not know the code on its console', async () => {
    for (const code of ['', 'TEST-COD', 'TEST-CODES', 'AAAA-BBBB-CCCC-DDDD']) {
      const { status, body } = await api.call('setup.create', {
        method: 'POST',
        input: { ...owner, code },
      })
      expect([status, failureOf(body).error.data.failure.code]).toEqual([400, 'input.setup_code'])
    }
    expect(await api.store.prisma.user.count()).toBe(0)
  })

  it('makes exactly one owner however many ask at once', async () => {
    const asked = ['ada', 'bob', 'cyd', 'dan', 'eve'].map((name) =>
      api.call('setup.create', {
        method: 'POST',
        input: { ...owner, code: 'test code', email: `${name}@example.org` },
      }),
    )
    const answers = await Promise.all(asked)
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual([
      '200',
      '409',
      '409',
      '409',
      '409',
    ])
    const refused = answers.find(({ status }) => status === 409)
    expect(failureOf(refused?.body).error.data.failure.code).toBe('conflict.already_set_up')
    expect(await api.store.prisma.user.count()).toBe(1)
    const members = await api.admin(
      'SELECT role, o.id, o.name FROM members JOIN organisations o ON o.id = organisation_id',
    )
    expect(members).toEqual([{ role: 'owner', id: 'default', name: owner.organisation }])
    expect(await api.call('setup.status')).toMatchObject({ body: { result: { data: { needed: false } } } })
    expect(await api.admin(`SELECT 1 FROM verifications WHERE id = 'setup-code'`)).toEqual([])
  })
})

describe('signing in', () => {
  let api: Harness
  beforeAll(async () => {
    api = await testApi()
    await api.call('setup.create', { method: 'POST', input: owner })
  })
  afterAll(() => api.close())

  const signIn = (password: string, remoteAddress: string, headers = {}) =>
    api.app.inject({
      method: 'POST',
      url: SIGN_IN,
      payload: { email: owner.email, password },
      remoteAddress,
      headers,
    })

  it('gives a cookie that scripts and other sites can not use', async () => {
    const response = await signIn(owner.password, '127.0.0.2')
    expect(response.json()).toEqual({ ok: true })
    expect(response.cookies).toMatchObject([{ httpOnly: true, sameSite: 'Lax', path: '/' }])
  })

  it('shows who is signed in, to which organisation, in which role', async () => {
    const { body } = await api.call('session.get', { cookie: await api.signIn() })
    expect(body).toMatchObject({
      result: {
        data: {
          user: { name: 'Ada', email: 'ada@example.org' },
          organisation: { id: 'default', name: owner.organisation },
          role: 'owner',
        },
      },
    })
  })

  it('answers a wrong password and an unknown address alike', async () => {
    const wrong = await signIn('another password', '127.0.0.3')
    const payload = { email: 'nobody@example.org', password: owner.password }
    const unknown = await api.app.inject({
      method: 'POST',
      url: SIGN_IN,
      payload,
      remoteAddress: '127.0.0.3',
    })
    expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401])
    expect(wrong.json()).toEqual(unknown.json())
    expect(wrong.json()).toMatchObject({ failure: { code: 'auth.refused' } })
    expect(wrong.cookies).toEqual([])
  })

  it('ends with sign-out, at once and for good', async () => {
    const cookie = await api.signIn()
    expect((await api.call('session.get', { cookie })).status).toBe(200)
    await api.app.inject({
      method: 'POST',
      url: '/api/auth/sign-out',
      headers: { cookie, origin: 'http://localhost:3000' },
    })
    expect((await api.call('session.get', { cookie })).status).toBe(401)
  })

  it('refuses the eleventh attempt of a minute from one address and says when to try again', async () => {
    for (let attempt = 0; attempt < 10; attempt++) await signIn('another password', '127.0.0.4')
    const refused = await signIn(owner.password, '127.0.0.4', { 'x-forwarded-for': '9.9.9.9' })
    expect(refused.statusCode).toBe(429)
    expect(refused.json()).toMatchObject({ failure: { code: 'limit.attempts', retryable: true } })
    expect((await signIn(owner.password, '127.0.0.5')).statusCode).toBe(200)
  })

  it('is the only way in: there is no sign-up and no other route of the library', async () => {
    const payload = { name: 'Eve', email: 'eve@example.org', password: 'a long password' }
    for (const path of ['sign-up/email', 'organization/create', 'request-password-reset', 'update-user']) {
      const { statusCode } = await api.app.inject({ method: 'POST', url: `/api/auth/${path}`, payload })
      expect([path, statusCode]).toEqual([path, 404])
    }
    expect(await api.store.prisma.user.count()).toBe(1)
  })

  it('takes no request from a page of another site', async () => {
    const headers = { origin: 'https://evil.example', host: 'localhost:3000' }
    const refused = await signIn(owner.password, '127.0.0.6', headers)
    expect(refused.statusCode).toBe(403)
    expect(refused.json()).toMatchObject({ failure: { code: 'auth.foreign_origin' } })
  })
})

it('marks the cookie secure where the public address is encrypted', async () => {
  const api = await testApi(() => ({ publicUrl: 'https://pressroom.example.org' }))
  await api.call('setup.create', { method: 'POST', input: owner })
  const payload = { email: owner.email, password: owner.password }
  const { cookies } = await api.app.inject({ method: 'POST', url: SIGN_IN, payload })
  expect(cookies).toMatchObject([{ secure: true, httpOnly: true }])
  await api.close()
})
