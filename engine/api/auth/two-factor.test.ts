import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dataOf, refusalOf } from '../testing/answers.ts'
import { type Harness, type Person, owner, testApi } from '../testing/harness.ts'
import { secretIn, totp } from '../testing/totp.ts'

let api: Harness
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
})
// Half a minute of the tests is a moment: codes that were used before may be used again.
beforeEach(async () => void (await api.admin('DELETE FROM rate_limits')))
afterAll(() => api.close())

/** What a browser does: keeps cookies, and drops those that it is told to. */
function browser(cookie = '') {
  const jar = new Map(cookie === '' ? [] : [[cookie.split('=')[0] ?? '', cookie.split('=')[1] ?? '']])
  const header = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  return {
    header,
    async post(path: string, payload: object) {
      const response = await api.app.inject({
        method: 'POST',
        url: `/api/auth/${path}`,
        payload,
        headers: { cookie: header() },
      })
      for (const { name, value, maxAge } of response.cookies) {
        if (maxAge === 0 || value === '') jar.delete(name)
        else jar.set(name, encodeURIComponent(value))
      }
      return { status: response.statusCode, body: response.json() as Record<string, unknown> }
    },
    alive: async () => (await api.call('session.get', { cookie: header() })).status === 200,
  }
}

async function protectedPerson(role = 'viewer') {
  const person = await api.person({ role })
  const tab = browser(person.cookie)
  const { body } = await tab.post('two-factor/enable', { password: owner.password })
  const uri = String(body['totpURI'])
  const set = await tab.post('two-factor/verify-totp', { code: totp(uri, -1) })
  expect(set).toMatchObject({ status: 200, body: { ok: true } })
  return { person, uri, codes: body['backupCodes'] as string[], tab }
}

async function firstStep(person: Person) {
  const tab = browser()
  const answer = await tab.post('sign-in/email', { email: person.email, password: owner.password })
  return { tab, answer }
}

describe('two-factor sign-in', () => {
  it('is set up by whoever knows the password and shows a first code', async () => {
    const person = await api.person({ role: 'viewer' })
    const tab = browser(person.cookie)
    const wrong = await tab.post('two-factor/enable', { password: 'not my password' })
    expect(refusalOf(wrong)).toEqual([403, 'auth.wrong_password'])
    const { body } = await tab.post('two-factor/enable', { password: owner.password })
    expect(body['backupCodes']).toHaveLength(10)
    expect(refusalOf(await tab.post('two-factor/verify-totp', { code: '000000' }))).toEqual([
      403,
      'auth.wrong_code',
    ])
    const before = await firstStep(person)
    expect(before.answer.body).toEqual({ ok: true })
    await tab.post('two-factor/verify-totp', { code: totp(String(body['totpURI'])) })
    const after = await firstStep(person)
    expect(after.answer.body).toEqual({ ok: true, twoFactor: true })
    expect(await after.tab.alive()).toBe(false)
  })

  it('lets somebody in with the code of their app, each of which works once', async () => {
    const { person, uri } = await protectedPerson()
    const code = totp(uri)
    const [one, two] = [await firstStep(person), await firstStep(person)]
    expect((await one.tab.post('two-factor/verify-totp', { code })).status).toBe(200)
    expect(await one.tab.alive()).toBe(true)
    expect(refusalOf(await two.tab.post('two-factor/verify-totp', { code }))).toEqual([
      403,
      'auth.wrong_code',
    ])
    expect(await two.tab.alive()).toBe(false)
    const sessions = await api.admin('SELECT 1 FROM sessions WHERE user_id = $1', [person.userId])
    // Where it was set up, and where it was signed in.
    expect(sessions).toHaveLength(2)
  })

  it('lets somebody in with a backup code, each of which works once', async () => {
    const { person, codes } = await protectedPerson()
    const [code = ''] = codes
    const one = await firstStep(person)
    expect((await one.tab.post('two-factor/verify-backup-code', { code })).status).toBe(200)
    expect(await one.tab.alive()).toBe(true)
    const two = await firstStep(person)
    expect(refusalOf(await two.tab.post('two-factor/verify-backup-code', { code }))).toEqual([
      403,
      'auth.wrong_code',
    ])
    expect(await two.tab.alive()).toBe(false)
  })

  it('asks a browser that is trusted no more, until that browser forgets', async () => {
    const { person, uri } = await protectedPerson()
    const { tab } = await firstStep(person)
    await tab.post('two-factor/verify-totp', { code: totp(uri), trustDevice: true })
    await tab.post('sign-out', {})
    const again = await tab.post('sign-in/email', { email: person.email, password: owner.password })
    expect(again.body).toEqual({ ok: true })
    expect(await tab.alive()).toBe(true)
    expect((await firstStep(person)).answer.body).toMatchObject({ twoFactor: true })
  })

  it('ends a challenge after five wrong codes, and the account rests after ten', async () => {
    const { person, uri } = await protectedPerson()
    const wrong = async (tab: ReturnType<typeof browser>) => {
      await api.admin('DELETE FROM rate_limits')
      return refusalOf(await tab.post('two-factor/verify-totp', { code: '000000' }))
    }
    const one = await firstStep(person)
    for (let i = 0; i < 5; i++) expect(await wrong(one.tab)).toEqual([403, 'auth.wrong_code'])
    expect(await wrong(one.tab)).toEqual([403, 'auth.start_again'])
    const two = await firstStep(person)
    for (let i = 0; i < 5; i++) await wrong(two.tab)
    await api.admin('DELETE FROM rate_limits')
    const three = await firstStep(person)
    const right = await three.tab.post('two-factor/verify-totp', { code: totp(uri) })
    expect(refusalOf(right)).toEqual([429, 'limit.two_factor'])
  })

  it('is turned off by whoever knows the password', async () => {
    const { person, tab } = await protectedPerson()
    expect(refusalOf(await tab.post('two-factor/disable', { password: 'wrong' }))).toEqual([
      403,
      'auth.wrong_password',
    ])
    expect((await tab.post('two-factor/disable', { password: owner.password })).status).toBe(200)
    expect((await firstStep(person)).answer.body).toEqual({ ok: true })
  })

  it('keeps its secret and its backup codes in no table and no log as they are', async () => {
    const { uri, codes } = await protectedPerson()
    const kept = JSON.stringify(await api.admin('SELECT * FROM two_factors, audit_log'))
    for (const hidden of [secretIn(uri), ...codes]) expect(kept).not.toContain(hidden)
  })

  it('is told of in the audit log when somebody turns it on or off', async () => {
    const { person, tab } = await protectedPerson()
    await tab.post('two-factor/disable', { password: owner.password })
    const told = async () =>
      api.admin(
        `SELECT entry ->> 'action' AS action FROM audit_log WHERE entry -> 'actor' ->> 'id' = $1 ORDER BY seq`,
        [person.userId],
      )
    await expect
      .poll(told)
      .toEqual(
        expect.arrayContaining([
          { action: 'account.enableTwoFactor' },
          { action: 'account.disableTwoFactor' },
        ]),
      )
  })

  it('that was lost is taken away on the command line: sessions end, the password is enough again', async () => {
    const { person, tab } = await protectedPerson()
    const clear = (email: string) =>
      api.store.people.clearTwoFactor(
        { actor: { kind: 'system', id: 'cli', name: 'Command line' }, from: null, requestId: null },
        email,
      )
    expect([await clear(person.email), await clear('nobody@example.org')]).toEqual([true, false])
    expect(await tab.alive()).toBe(false)
    const { tab: fresh, answer } = await firstStep(person)
    expect([answer.body, await fresh.alive()]).toEqual([{ ok: true }, true])
    const entries = await api.store.audit.list('default', { action: 'members.clearTwoFactor' }, { limit: 5 })
    expect(entries).toMatchObject([{ target: { kind: 'member', id: person.memberId } }])
  })

  it('is nothing for somebody who is not signed in', async () => {
    for (const path of ['enable', 'disable', 'generate-backup-codes']) {
      const answer = await browser().post(`two-factor/${path}`, { password: owner.password })
      expect([path, ...refusalOf(answer)]).toEqual([path, 401, 'auth.unauthenticated'])
    }
    expect((await browser().post('two-factor/verify-totp', { code: '123456' })).status).toBe(403)
  })
})

describe('an organisation that asks for two-factor sign-in', () => {
  it('lets a member without it do nothing but set it up, and everything then', async () => {
    const person = await api.person({ role: 'admin' })
    const { person: other, tab: others } = await protectedPerson('viewer')
    await api.admin(`UPDATE organisations SET require_two_factor = true WHERE id = 'default'`)
    const { cookie } = person
    for (const path of ['flows.list', 'members.list', 'keys.list', 'account.sessions']) {
      expect([path, ...refusalOf(await api.call(path, { cookie }))]).toEqual([
        path,
        403,
        'auth.two_factor_required',
      ])
    }
    expect(dataOf(await api.call('session.get', { cookie }))).toMatchObject({ lacksTwoFactor: true })
    const stream = await api.call('runs.events', { cookie, input: { runId: 'any' } })
    expect(JSON.stringify(stream.body)).toContain('auth.two_factor_required')

    const tab = browser(cookie)
    const { body } = await tab.post('two-factor/enable', { password: owner.password })
    await tab.post('two-factor/verify-totp', { code: totp(String(body['totpURI'])) })
    expect((await api.call('members.list', { cookie: tab.header() })).status).toBe(200)
    expect((await api.call('flows.list', { cookie: others.header() })).status).toBe(200)
    expect(other.userId).not.toBe(person.userId)
    await api.admin('UPDATE organisations SET require_two_factor = false')
  })
})
