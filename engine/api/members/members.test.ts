import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MemberSummary } from '#access'
import { type Harness, type Person, owner, testApi } from '../testing/harness.ts'

let api: Harness
let ada: Person
let admin: Person
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
})
beforeEach(async () => {
  await api.admin('DELETE FROM users')
  ada = await api.person({ role: 'owner' })
  admin = await api.person({ role: 'admin' })
})
afterAll(() => api.close())

const setRole = (id: string, role: string, cookie: string) =>
  ({ method: 'POST', cookie, input: { id, role } }) as const
const remove = (id: string, cookie: string) => ({ method: 'POST', cookie, input: { id } }) as const
const rolesOf = async (cookie = ada.cookie) =>
  Object.fromEntries(
    (await api.ask<MemberSummary[]>('members.list', { cookie })).map(({ id, role }) => [id, role]),
  )
const lastAudit = async () => {
  const [row] = await api.admin(
    `SELECT entry FROM audit_log WHERE entry->>'outcome' = 'done' ORDER BY at DESC, seq DESC LIMIT 1`,
  )
  return row?.['entry']
}

/** Both wait where the other one has to wait too, and are let go together. */
async function atOnce<T>(people: number, work: () => Promise<T>[]): Promise<T[]> {
  const held = Promise.withResolvers<void>()
  const holding = Promise.withResolvers<void>()
  const holder = api.store.withOrganisation('default', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM members FOR UPDATE`
    holding.resolve()
    await held.promise
  })
  await holding.promise
  const working = work()
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  while ((await api.admin(waiting))[0]?.['n'] !== people);
  held.resolve()
  await holder
  return Promise.all(working)
}

describe('the list of members', () => {
  it('says of each their role, teams, two-factor sign-in and when they last signed in', async () => {
    const team = await api.ask<{ id: string }>('teams.create', {
      method: 'POST',
      cookie: ada.cookie,
      input: { name: 'Social' },
    })
    const input = { id: team.id, memberIds: [admin.memberId] }
    await api.ask('teams.setMembers', { method: 'POST', cookie: ada.cookie, input })
    await api.admin('UPDATE users SET two_factor_enabled = true WHERE id = $1', [admin.userId])
    await api.admin('DELETE FROM sessions WHERE user_id = $1', [admin.userId])
    const members = await api.ask<MemberSummary[]>('members.list', { cookie: ada.cookie })
    expect(members.find(({ id }) => id === admin.memberId)).toMatchObject({
      email: admin.email,
      role: 'admin',
      roleName: 'Admin',
      teams: [{ id: team.id, name: 'Social' }],
      twoFactor: true,
      lastSignInAt: expect.stringMatching(/^20/),
    })
    expect(members.find(({ id }) => id === ada.memberId)).toMatchObject({ twoFactor: false, teams: [] })
  })
})

describe('a change of role', () => {
  it('counts from the next request on, and is in the audit log with what was there before', async () => {
    const { cookie, memberId, name } = await api.person({ role: 'builder' })
    await api.ask('flows.create', { method: 'POST', cookie, input: { name: 'Tea' } })
    await api.ask('members.setRole', setRole(memberId, 'viewer', admin.cookie))
    expect(await api.refusal('flows.create', { method: 'POST', cookie, input: { name: 'Tea' } })).toEqual([
      403,
      'auth.forbidden',
    ])
    expect(await lastAudit()).toMatchObject({
      action: 'members.setRole',
      actor: { kind: 'person', id: admin.userId, name: admin.name },
      from: '127.0.0.1',
      target: { kind: 'member', id: memberId, name },
      before: { role: 'builder' },
      after: { role: 'viewer' },
    })
  })

  it('makes nobody more than whoever changes it is', async () => {
    const input = { name: 'People', permissions: ['member:read', 'member:manage'] }
    await api.ask('roles.create', { method: 'POST', cookie: ada.cookie, input })
    const { cookie, memberId } = await api.person({ role: 'people' })
    expect(await api.refusal('members.setRole', setRole(memberId, 'admin', cookie))).toEqual([
      403,
      'auth.too_much',
    ])
    expect(await api.refusal('members.setRole', setRole(memberId, 'owner', admin.cookie))).toEqual([
      403,
      'auth.too_much',
    ])
    expect((await rolesOf())[memberId]).toBe('people')
  })

  it('to a role that is not there is refused', async () => {
    expect(await api.refusal('members.setRole', setRole(admin.memberId, 'king', ada.cookie))).toEqual([
      404,
      'not_found.role',
    ])
  })
})

describe('owners', () => {
  it('are made and unmade by owners alone', async () => {
    const { memberId } = await api.person({ role: 'owner' })
    const refused = [403, 'auth.owners_only']
    expect(await api.refusal('members.setRole', setRole(memberId, 'viewer', admin.cookie))).toEqual(refused)
    expect(await api.refusal('members.remove', remove(memberId, admin.cookie))).toEqual(refused)
    await api.ask('members.setRole', setRole(memberId, 'viewer', ada.cookie))
    await api.ask('members.setRole', setRole(memberId, 'owner', ada.cookie))
  })

  it('never become none: the last one is neither demoted nor removed', async () => {
    const refused = [409, 'conflict.last_owner']
    expect(await api.refusal('members.setRole', setRole(ada.memberId, 'admin', ada.cookie))).toEqual(refused)
    expect(await api.refusal('members.remove', remove(ada.memberId, ada.cookie))).toEqual(refused)
  })

  it('never become none when two of them unmake each other at the same moment', async () => {
    const eve = await api.person({ role: 'owner' })
    const answers = await atOnce(2, () => [
      api.call('members.setRole', setRole(eve.memberId, 'viewer', ada.cookie)),
      api.call('members.remove', remove(ada.memberId, eve.cookie)),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(await api.admin(`SELECT 1 FROM members WHERE role = 'owner'`)).toHaveLength(1)
  })
})

describe('a member who is removed', () => {
  it('is out at once, with their keys; their account stays', async () => {
    const { cookie, memberId, userId } = await api.person({ role: 'builder' })
    const input = { name: 'Mine' }
    const { key } = await api.ask<{ key: string }>('keys.create', { method: 'POST', cookie, input })
    await api.ask('flows.list', { key })
    await api.ask('members.remove', remove(memberId, admin.cookie))
    expect(await api.refusal('flows.list', { cookie })).toEqual([401, 'auth.unauthenticated'])
    expect(await api.refusal('flows.list', { key })).toEqual([401, 'auth.unauthenticated'])
    expect(await api.admin('SELECT 1 FROM users WHERE id = $1', [userId])).toHaveLength(1)
  })
})

it('Members of another organisation are as those who never were', async () => {
  const { owner: stranger } = await api.organisation('Rival')
  const missing = [404, 'not_found.member']
  for (const id of [stranger.memberId, 'never-was']) {
    expect(await api.refusal('members.setRole', setRole(id, 'viewer', ada.cookie))).toEqual(missing)
    expect(await api.refusal('members.remove', remove(id, ada.cookie))).toEqual(missing)
  }
  expect(await rolesOf(stranger.cookie)).toEqual({ [stranger.memberId]: 'owner' })
})

it('Somebody in two organisations works in the one that they chose, and in no other than theirs', async () => {
  const { id, owner: stranger } = await api.organisation('Second')
  await api.admin('INSERT INTO members (id, organisation_id, user_id, role) VALUES ($1, $2, $3, $4)', [
    'second-membership',
    id,
    admin.userId,
    'viewer',
  ])
  const { cookie } = admin
  expect(await api.ask('organisation.mine', { cookie })).toMatchObject([
    { id: 'default', roleName: 'Admin', current: true },
    { id, name: 'Second', roleName: 'Viewer', current: false },
  ])
  await api.ask('organisation.switch', { method: 'POST', cookie, input: { id } })
  expect(await api.ask('session.get', { cookie })).toMatchObject({ organisation: { id }, role: 'viewer' })
  expect(await rolesOf(cookie)).toHaveProperty(stranger.memberId)
  const elsewhere = { method: 'POST', cookie: stranger.cookie, input: { id: 'default' } } as const
  expect(await api.refusal('organisation.switch', elsewhere)).toEqual([404, 'not_found.organisation'])
})
