import { request } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dataOf, refusalOf } from '../testing/answers.ts'
import { type Harness, type Person, owner, testApi } from '../testing/harness.ts'
import { CLIENT, type Issuer, startIssuer } from '../testing/issuer.ts'

let api: Harness
let issuer: Issuer
let admin: Person
let settings: Record<string, unknown>
let id: string

beforeAll(async () => {
  api = await testApi()
  issuer = await startIssuer()
  await api.call('setup.create', { method: 'POST', input: owner })
  admin = await api.person({ role: 'admin' })
  settings = {
    name: 'Works',
    issuer: issuer.url,
    clientId: CLIENT.clientId,
    domains: ['example.org'],
    defaultRole: 'viewer',
    enabled: true,
  }
  const made = dataOf<{ id: string; callback: string }>(
    await post('signOn.create', { ...settings, clientSecret: CLIENT.clientSecret }),
  )
  id = made.id
  issuer.register(made.callback)
})
beforeEach(async () => void (await api.admin('DELETE FROM rate_limits')))
afterAll(async () => {
  await issuer.close()
  await api.close()
})

const post = (path: string, input: unknown, cookie = admin.cookie) =>
  api.call(path, { method: 'POST', input, cookie })

/** From the button to the identity provider, and as far as the address that it sends the browser back to. */
async function walk(to = '') {
  const start = await api.app.inject(`/api/auth/sign-on/${id}/start${to}`)
  const state = String(start.headers['set-cookie']).split(';')[0] ?? ''
  const jar = new Map<string, string>()
  let address = String(start.headers.location)
  while (address.startsWith(issuer.url)) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const { headers, body, statusCode } = await request(address, { headers: { cookie } })
    const text = await body.text()
    if (!headers.location) throw new Error(`${statusCode} at ${address}: ${text}`)
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? []
      jar.set(name, value)
    }
    address = new URL(String(headers.location), address).href
  }
  return { start: new URL(String(start.headers.location), 'http://localhost'), state, back: new URL(address) }
}

async function comeBack({ state, back }: { state: string; back: URL }, more = '') {
  const response = await api.app.inject({
    url: `${back.pathname}${back.search}`,
    headers: { cookie: [state, more].filter((part) => part !== '').join('; ') },
  })
  const place = new URL(String(response.headers.location), 'http://localhost:3000')
  const session = response.cookies.find(({ name }) => name.includes('session_token'))
  return {
    place,
    refused: place.searchParams.get('refused'),
    cookie: session ? `${session.name}=${encodeURIComponent(session.value)}` : null,
  }
}

async function enter(person: Issuer['person'], more = '') {
  issuer.person = person
  return comeBack(await walk(), more)
}
const verified = (email: string, name = 'Somebody') => ({ email, email_verified: true, name })
const sessionOf = async (cookie: string | null) =>
  dataOf<{ user: { email: string }; role: string }>(await api.call('session.get', { cookie: cookie ?? '' }))
const users = async (email: string) =>
  (await api.admin('SELECT 1 FROM users WHERE email = $1', [email])).length

describe('single sign-on', () => {
  it('asks the issuer with a challenge, a nonce and a state of its own each time', async () => {
    const [one, two] = [await walk(), await walk()]
    for (const { start } of [one, two]) {
      expect(start.searchParams.get('code_challenge_method')).toBe('S256')
      expect(start.searchParams.get('response_type')).toBe('code')
    }
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one.start.searchParams.get(name)).toMatch(/^[\w-]{43}$/)
      expect(one.start.searchParams.get(name)).not.toBe(two.start.searchParams.get(name))
    }
  })

  it('makes somebody new of an allowed domain a member with the role that it names, and knows them again', async () => {
    const person = { id: 'n1', claims: verified('new@example.org', 'Nell') }
    const first = await enter(person)
    expect(await sessionOf(first.cookie)).toMatchObject({
      user: { email: 'new@example.org', name: 'Nell' },
      role: 'viewer',
    })
    const again = await enter({ ...person, claims: verified('married@example.org') })
    expect(await sessionOf(again.cookie)).toMatchObject({ user: { email: 'new@example.org' } })
    expect(await users('married@example.org')).toBe(0)
  })

  it('signs a member in who has a password, as the person that they are', async () => {
    const member = await api.person({ role: 'builder' })
    const { cookie } = await enter({ id: 'm1', claims: verified(member.email) })
    expect(await sessionOf(cookie)).toMatchObject({ user: { id: member.userId }, role: 'builder' })
  })

  it('leads where the person wanted to go, and to no other site', async () => {
    issuer.person = { id: 'n1', claims: verified('new@example.org') }
    expect((await comeBack(await walk('?to=/runs/1'))).place.href).toBe('http://localhost:3000/runs/1')
    for (const evil of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
      const { place } = await comeBack(await walk(`?to=${encodeURIComponent(evil)}`))
      expect(place.href).toBe('http://localhost:3000/')
    }
  })

  it.each([
    [
      'an address that was not verified',
      { email: 'u1@example.org', email_verified: false },
      'auth.sign_on_address',
    ],
    ['no word on whether it was verified', { email: 'u2@example.org' }, 'auth.sign_on_address'],
    ['no address', {}, 'auth.sign_on_address'],
    ['an address of another domain', verified('u3@elsewhere.example'), 'auth.sign_on_domain'],
    ['an address that only ends like the domain', verified('u4@notexample.org'), 'auth.sign_on_domain'],
  ])('lets nobody in with %s', async (_what, claims, code) => {
    const before = await api.admin('SELECT count(*) FROM users')
    expect(await enter({ id: `s-${code}`, claims })).toMatchObject({ refused: code, cookie: null })
    expect(await api.admin('SELECT count(*) FROM users')).toEqual(before)
  })

  it('opens no account of an owner, nor of somebody of another organisation, whatever the provider says', async () => {
    const { owner: foe } = await api.organisation('Foe')
    const outcome = await enter({ id: 'x1', claims: verified(foe.email) })
    expect(outcome).toMatchObject({ refused: 'auth.sign_on_member', cookie: null })
    const boss = await enter({ id: 'x2', claims: verified(owner.email) })
    expect(boss).toMatchObject({ refused: 'auth.sign_on_connect', cookie: null })
  })

  it('is connected by an owner who is signed in with their password', async () => {
    const cookie = await api.signIn()
    const first = await enter({ id: 'x2', claims: verified(owner.email) }, cookie)
    expect(await sessionOf(first.cookie)).toMatchObject({ role: 'owner' })
    const later = await enter({ id: 'x2', claims: verified(owner.email) })
    expect(await sessionOf(later.cookie)).toMatchObject({ role: 'owner' })
  })

  it('lets nobody in who was removed', async () => {
    const { cookie } = await enter({ id: 'r1', claims: verified('leaver@example.org') })
    expect(cookie).not.toBeNull()
    await api.admin(
      `DELETE FROM members WHERE user_id = (SELECT id FROM users WHERE email = 'leaver@example.org')`,
    )
    expect(await enter({ id: 'r1', claims: verified('leaver@example.org') })).toMatchObject({
      refused: 'auth.sign_on_member',
      cookie: null,
    })
  })

  it('takes an answer once, and only in the browser that set out', async () => {
    issuer.person = { id: 'n1', claims: verified('new@example.org') }
    const trip = await walk()
    expect(await comeBack({ ...trip, state: '' })).toMatchObject({
      refused: 'auth.sign_on_lost',
      cookie: null,
    })
    const other = await walk()
    const crossed = await comeBack({ state: other.state, back: trip.back })
    expect(crossed).toMatchObject({ refused: 'auth.sign_on_failed', cookie: null })
    expect((await comeBack(trip)).cookie).not.toBeNull()
    expect(await comeBack(trip)).toMatchObject({ refused: 'auth.sign_on_lost', cookie: null })
  })

  it.each(['nonce', 'verifier'])('refuses a token that was made for another %s', async (field) => {
    issuer.person = { id: 'n1', claims: verified('new@example.org') }
    const trip = await walk()
    await api.admin(
      `UPDATE verifications SET value = jsonb_set(value::jsonb, $1, '"${'x'.repeat(43)}"')::text WHERE identifier LIKE 'sign-on:%'`,
      [[field]],
    )
    expect(await comeBack(trip)).toMatchObject({ refused: 'auth.sign_on_failed', cookie: null })
  })

  it('refuses an issuer that calls itself otherwise, is not there, or is asked without encryption', async () => {
    const elsewhere = issuer.url.replace('127.0.0.1', 'localhost')
    expect(refusalOf(await post('signOn.test', { issuer: elsewhere }))).toEqual([403, 'auth.sign_on_failed'])
    expect(refusalOf(await post('signOn.test', { issuer: 'http://127.0.0.1:1' }))).toEqual([
      403,
      'auth.sign_on_failed',
    ])
    for (const address of [
      'http://issuer.example',
      'https://169.254.169.254',
      'http://169.254.169.254/latest',
    ]) {
      expect([address, ...refusalOf(await post('signOn.test', { issuer: address }))]).toEqual([
        address,
        400,
        'input.issuer',
      ])
    }
    expect(dataOf(await post('signOn.test', { issuer: issuer.url }))).toMatchObject({ issuer: issuer.url })
  })

  it('is offered while it is on, and leads nowhere when it is off', async () => {
    expect(dataOf(await api.call('signOn.offered'))).toEqual([{ id, name: 'Works' }])
    await post('signOn.update', { ...settings, id, enabled: false })
    expect(dataOf(await api.call('signOn.offered'))).toEqual([])
    const start = await api.app.inject(`/api/auth/sign-on/${id}/start`)
    expect(start.headers.location).toContain('auth.sign_on_lost')
    await post('signOn.update', { ...settings, id })
  })

  it('gives newcomers no role that is more than its maker has', async () => {
    const made = await post('signOn.create', { ...settings, defaultRole: 'owner', clientSecret: 'x' })
    expect(refusalOf(made)).toEqual([403, 'auth.too_much'])
    expect(await api.admin('SELECT 1 FROM secrets')).toHaveLength(1)
  })

  it('of another organisation is not there, and its secret is in no answer', async () => {
    const { owner: foe } = await api.organisation('Rival')
    const changed = await post('signOn.update', { ...settings, id }, foe.cookie)
    expect(refusalOf(changed)).toEqual([404, 'not_found.sign_on'])
    expect(refusalOf(await post('signOn.remove', { id }, foe.cookie))).toEqual([404, 'not_found.sign_on'])
    expect(dataOf(await api.call('signOn.list', { cookie: foe.cookie }))).toEqual([])
    const listed = JSON.stringify(await api.call('signOn.list', { cookie: admin.cookie }))
    expect(listed).toContain(id)
    expect(listed).not.toContain(CLIENT.clientSecret)
  })
})
