import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dataOf, refusalOf } from '../testing/answers.ts'
import { type Harness, type Person, owner, testApi } from '../testing/harness.ts'

let api: Harness
let admin: Person
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  admin = await api.person({ role: 'admin' })
})
beforeEach(async () => void (await api.admin('DELETE FROM rate_limits')))
afterAll(() => api.close())

const post = (path: string, input: unknown, cookie?: string) =>
  api.call(path, { method: 'POST', input, ...(cookie ? { cookie } : {}) })
const aliveWith = async (cookie: string) => (await api.call('session.get', { cookie })).status === 200
interface Listed {
  id: string
  current: boolean
}
const sessionsOf = async (cookie: string) => dataOf<Listed[]>(await api.call('account.sessions', { cookie }))

describe('a session', () => {
  it('is listed with the others of its person, and ends when one of them says so', async () => {
    const me = await api.person({ role: 'viewer' })
    const other = await api.signIn(me.email)
    const listed = await sessionsOf(me.cookie)
    expect(listed.map(({ current }) => current).toSorted()).toEqual([false, true])
    const target = listed.find(({ current }) => !current)
    expect((await post('account.endSession', { id: target?.id }, me.cookie)).status).toBe(200)
    expect([await aliveWith(me.cookie), await aliveWith(other)]).toEqual([true, false])
  })

  it('of somebody else can be neither seen nor ended', async () => {
    const [me, victim] = [await api.person({ role: 'admin' }), await api.person({ role: 'viewer' })]
    const [theirs] = await sessionsOf(victim.cookie)
    expect((await sessionsOf(me.cookie)).map(({ id }) => id)).not.toContain(theirs?.id)
    const answer = await post('account.endSession', { id: theirs?.id }, me.cookie)
    expect(refusalOf(answer)).toEqual([404, 'not_found.session'])
    expect(await aliveWith(victim.cookie)).toBe(true)
  })

  it('can end all the others at once', async () => {
    const me = await api.person({ role: 'viewer' })
    const others = [await api.signIn(me.email), await api.signIn(me.email)]
    expect(dataOf(await post('account.endOtherSessions', {}, me.cookie))).toEqual({ ended: 2 })
    expect(await Promise.all([me.cookie, ...others].map(aliveWith))).toEqual([true, false, false])
  })

  it('is new at every sign-in, whatever cookie the browser brought along', async () => {
    const me = await api.person({ role: 'viewer' })
    const response = await api.app.inject({
      method: 'POST',
      url: '/api/auth/sign-in/email',
      headers: { cookie: me.cookie },
      payload: { email: me.email, password: owner.password },
    })
    expect(response.cookies[0]?.value).toBeTruthy()
    expect(me.cookie).not.toContain(encodeURIComponent(response.cookies[0]?.value ?? ''))
  })
})

describe('a password', () => {
  it('is changed by whoever knows the old one, which ends every other session', async () => {
    const me = await api.person({ role: 'viewer' })
    const other = await api.signIn(me.email)
    const wrong = await post(
      'account.changePassword',
      { old: 'not mine at all', password: 'a new password' },
      me.cookie,
    )
    expect(refusalOf(wrong)).toEqual([403, 'auth.wrong_password'])
    const right = await post(
      'account.changePassword',
      { old: owner.password, password: 'a new password' },
      me.cookie,
    )
    expect(right.status).toBe(200)
    expect([await aliveWith(me.cookie), await aliveWith(other)]).toEqual([true, false])
    await expect(api.signIn(me.email)).rejects.toThrow('auth.refused')
    expect(await aliveWith(await api.signIn(me.email, 'a new password'))).toBe(true)
  })

  it('can be guessed at ten times in a quarter of an hour by whoever sits at an open session', async () => {
    const me = await api.person({ role: 'viewer' })
    const guess = () =>
      post('account.changePassword', { old: 'a wrong guess', password: 'a new password' }, me.cookie)
    for (let i = 0; i < 10; i++) expect((await guess()).status).toBe(403)
    expect(refusalOf(await guess())).toEqual([429, 'limit.attempts'])
  })

  it('kept as it was kept before is taken, and kept as Argon2id from then on', async () => {
    const me = await api.person({ role: 'viewer' })
    // Made with better-auth's own hash of "correct horse battery".
    const old = await import('better-auth/crypto').then(({ hashPassword }) =>
      hashPassword('correct horse battery'),
    )
    await api.admin('UPDATE accounts SET password = $1 WHERE user_id = $2', [old, me.userId])
    await expect(api.signIn(me.email)).rejects.toThrow('auth.refused')
    await api.signIn(me.email, 'correct horse battery')
    const [row] = await api.admin('SELECT password FROM accounts WHERE user_id = $1', [me.userId])
    expect(row?.['password']).toMatch(/^\$argon2id\$/)
    await api.signIn(me.email, 'correct horse battery')
  })
})

describe('a link to reset a password', () => {
  const linkFor = async (id: string, cookie = admin.cookie) =>
    dataOf<{ path: string }>(await post('members.resetLink', { id }, cookie))
      .path.split('/')
      .at(-1) ?? ''
  const reset = (token: string, password = 'another password') =>
    post('account.resetPassword', { token, password })

  it('works once, however many use it at once, and ends every session', async () => {
    const me = await api.person({ role: 'viewer' })
    const token = await linkFor(me.memberId)
    expect(dataOf(await api.call('account.lookAtReset', { input: { token } }))).toEqual({ email: me.email })
    const answers = await Promise.all([reset(token), reset(token), reset(token)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404])
    expect(await aliveWith(me.cookie)).toBe(false)
    expect(await aliveWith(await api.signIn(me.email, 'another password'))).toBe(true)
    expect(dataOf(await api.call('account.lookAtReset', { input: { token } }))).toBeNull()
  })

  it('is worth nothing after its hour, or when a newer one was made', async () => {
    const me = await api.person({ role: 'viewer' })
    const first = await linkFor(me.memberId)
    const second = await linkFor(me.memberId)
    expect(refusalOf(await reset(first))).toEqual([404, 'not_found.reset_link'])
    await api.admin(`UPDATE verifications SET expires_at = now() WHERE value = $1`, [me.userId])
    expect(refusalOf(await reset(second))).toEqual([404, 'not_found.reset_link'])
    expect(await aliveWith(me.cookie)).toBe(true)
  })

  it('is not made by somebody who may do less than who would be opened by it', async () => {
    const [boss] = await api.admin(
      `SELECT id FROM members WHERE role = 'owner' AND organisation_id = 'default'`,
    )
    const answer = await post('members.resetLink', { id: boss?.['id'] }, admin.cookie)
    expect(refusalOf(answer)).toEqual([403, 'auth.owners_only'])
  })

  it('is not made for somebody of two organisations, both of which it would open', async () => {
    const me = await api.person({ role: 'viewer' })
    const { id } = await api.organisation('Second home')
    await api.admin(
      `INSERT INTO members (id, organisation_id, user_id, role) VALUES ('twice', $1, $2, 'owner')`,
      [id, me.userId],
    )
    const answer = await post('members.resetLink', { id: me.memberId }, admin.cookie)
    expect(refusalOf(answer)).toEqual([403, 'auth.elsewhere_too'])
  })

  it('is not made for a member of another organisation', async () => {
    const { owner: foe } = await api.organisation('Far away')
    const answer = await post('members.resetLink', { id: foe.memberId }, admin.cookie)
    expect(refusalOf(answer)).toEqual([404, 'not_found.member'])
  })
})

it('is nothing that an API key has', async () => {
  const headers = { authorization: `Bearer ${await api.key({ role: 'owner' })}` }
  for (const path of ['account.get', 'account.sessions']) {
    expect([path, ...refusalOf(await api.call(path, { headers }))]).toEqual([path, 403, 'auth.people_only'])
  }
})
