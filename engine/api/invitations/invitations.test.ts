import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataOf, refusalOf } from '../testing/answers.ts'
import { type Harness, type Person, owner, testApi } from '../testing/harness.ts'

interface Made {
  invitation: { id: string; state: string; email: string }
  path: string
}
const newcomer = { name: 'Bo', password: 'quite a long password' }

let api: Harness
let admin: Person
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  admin = await api.person({ role: 'admin' })
})
afterAll(() => api.close())

const post = (path: string, input: unknown, cookie?: string) =>
  api.call(path, { method: 'POST', input, ...(cookie ? { cookie } : {}) })
async function invite(email: string, more: object = {}, by = admin.cookie) {
  const made = dataOf<Made>(await post('invitations.create', { email, role: 'builder', ...more }, by))
  return { ...made, token: made.path.split('/').at(-1) ?? '' }
}
async function accept(token: string, options: { cookie?: string; person?: object } = {}) {
  await api.admin('DELETE FROM rate_limits')
  return post(
    'invitations.accept',
    { token, ...(options.person ? { person: options.person } : {}) },
    options.cookie,
  )
}
const stateOf = async (id: string) =>
  dataOf<Made['invitation'][]>(await api.call('invitations.list', { cookie: admin.cookie })).find(
    (each) => each.id === id,
  )?.state

describe('an invitation', () => {
  it('lets somebody new in, with the role and the teams that it names', async () => {
    const team = dataOf<{ id: string }>(await post('teams.create', { name: 'Press' }, admin.cookie))
    const { token } = await invite('Bo@Example.org', { teamIds: [team.id] })
    const seen = await api.call('invitations.look', { input: { token } })
    expect(dataOf(seen)).toMatchObject({
      organisation: { name: owner.organisation },
      email: 'bo@example.org',
      roleName: 'Builder',
      state: 'open',
      hasAccount: false,
    })
    expect(dataOf(await accept(token, { person: newcomer }))).toEqual({ email: 'bo@example.org' })
    const cookie = await api.signIn('bo@example.org', newcomer.password)
    expect(dataOf(await api.call('session.get', { cookie }))).toMatchObject({ role: 'builder' })
    const members = dataOf(await api.call('members.list', { cookie: admin.cookie }))
    expect(members).toContainEqual(
      expect.objectContaining({ email: 'bo@example.org', teams: [{ id: team.id, name: 'Press' }] }),
    )
  })

  it('is good for one, however many use its link at once', async () => {
    const { token, invitation } = await invite('cy@example.org')
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) => accept(token, { person: { ...newcomer, name: `Cy ${i}` } })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409])
    expect(await stateOf(invitation.id)).toBe('accepted')
    const again = await accept(token, { person: newcomer })
    expect(refusalOf(again)).toEqual([409, 'conflict.invitation'])
    expect(await api.admin(`SELECT 1 FROM users WHERE email = 'cy@example.org'`)).toHaveLength(1)
  })

  it('is kept as a hash only, and no answer but the first holds its link', async () => {
    const { token } = await invite('dot@example.org')
    const kept = JSON.stringify(await api.admin('SELECT * FROM invitations, audit_log'))
    expect(kept).not.toContain(token)
    const listed = await api.call('invitations.list', { cookie: admin.cookie })
    expect(JSON.stringify(listed)).not.toContain(token)
  })

  it('that has expired, was taken back or renewed lets nobody in', async () => {
    const [late, back, renewed] = [
      await invite('e1@example.org'),
      await invite('e2@example.org'),
      await invite('e3@example.org'),
    ]
    await api.admin(`UPDATE invitations SET expires_at = now() WHERE email = 'e1@example.org'`)
    await post('invitations.revoke', { id: back.invitation.id }, admin.cookie)
    const fresh = dataOf<Made>(await post('invitations.renew', { id: renewed.invitation.id }, admin.cookie))
    expect(refusalOf(await accept(late.token, { person: newcomer }))).toEqual([409, 'conflict.invitation'])
    expect(refusalOf(await accept(back.token, { person: newcomer }))).toEqual([409, 'conflict.invitation'])
    expect(refusalOf(await accept(renewed.token, { person: newcomer }))).toEqual([
      404,
      'not_found.invitation',
    ])
    expect(await api.admin(`SELECT 1 FROM users WHERE email LIKE 'e_@example.org'`)).toEqual([])
    const token = fresh.path.split('/').at(-1) ?? ''
    expect((await accept(token, { person: newcomer })).status).toBe(200)
  })

  it('is worth nothing to somebody who is signed in with another address', async () => {
    const { token } = await invite('flo@example.org')
    const { owner: stranger } = await api.organisation('Foe')
    expect(refusalOf(await accept(token, { cookie: stranger.cookie }))).toEqual([403, 'auth.other_address'])
    expect(refusalOf(await accept(token))).toEqual([401, 'auth.unauthenticated'])
  })

  it('is accepted by somebody who has an account with that account, and gives nobody a second password', async () => {
    const { owner: known } = await api.organisation('Friends')
    const { token } = await invite(known.email)
    const second = await accept(token, { person: newcomer })
    expect(refusalOf(second)).toEqual([409, 'conflict.account'])
    expect((await accept(token, { cookie: known.cookie })).status).toBe(200)
    const session = dataOf(await api.call('session.get', { cookie: known.cookie }))
    expect(session).toMatchObject({ organisation: { id: 'default' }, role: 'builder' })
  })

  it('lets somebody back in who belongs to no organisation any more', async () => {
    const gone = await api.person({ role: 'viewer' })
    await post('members.remove', { id: gone.memberId }, admin.cookie)
    expect((await api.call('session.get', { cookie: gone.cookie })).status).toBe(401)
    const { token } = await invite(gone.email)
    expect((await accept(token, { cookie: gone.cookie })).status).toBe(200)
    expect((await api.call('session.get', { cookie: gone.cookie })).status).toBe(200)
  })

  it('gives nobody more than who makes or renews it may do', async () => {
    const made = await post('invitations.create', { email: 'g@example.org', role: 'owner' }, admin.cookie)
    expect(refusalOf(made)).toEqual([403, 'auth.too_much'])
    const { invitation } = await invite('g@example.org', { role: 'owner' }, await api.signIn())
    const renewed = await post('invitations.renew', { id: invitation.id }, admin.cookie)
    expect(refusalOf(renewed)).toEqual([403, 'auth.too_much'])
  })

  it('for a member, or to a team that is not there, is refused', async () => {
    const member = await post('invitations.create', { email: admin.email, role: 'viewer' }, admin.cookie)
    expect(refusalOf(member)).toEqual([409, 'conflict.member'])
    const input = { email: 'h@example.org', role: 'viewer', teamIds: ['none'] }
    expect(refusalOf(await post('invitations.create', input, admin.cookie))).toEqual([404, 'not_found.team'])
  })

  it('of another organisation is not there', async () => {
    const { invitation } = await invite('i@example.org')
    const { owner: foe } = await api.organisation('Rival')
    for (const path of ['invitations.revoke', 'invitations.renew']) {
      const answer = await post(path, { id: invitation.id }, foe.cookie)
      expect([path, ...refusalOf(answer)]).toEqual([path, 404, 'not_found.invitation'])
    }
    expect(await stateOf(invitation.id)).toBe('open')
  })

  it('leaves its making and its acceptance in the audit log', async () => {
    const entries = dataOf<{ entries: { action: string }[] }>(
      await api.call('audit.list', { cookie: admin.cookie, input: { action: 'invitations' } }),
    )
    const actions = new Set(JSON.stringify(entries).match(/invitations\.\w+/g))
    expect([...actions].toSorted()).toEqual(
      expect.arrayContaining([
        'invitations.accept',
        'invitations.create',
        'invitations.renew',
        'invitations.revoke',
      ]),
    )
  })
})
