import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Permission, BUILT_IN_ROLES, PERMISSION_NAMES } from '#access'
import { type Harness, type Person, owner, testApi } from '../testing/harness.ts'

let api: Harness
let ada: Person
let admin: Person
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  ada = await api.person({ role: 'owner' })
  admin = await api.person({ role: 'admin' })
})
beforeEach(async () => {
  await api.admin(`DELETE FROM roles`)
})
afterAll(() => api.close())

const post = (input: unknown, { cookie }: Person = ada) => ({ method: 'POST', cookie, input }) as const
const make = (name: string, permissions: Permission[], by = ada) =>
  api.ask<{ id: string }>('roles.create', post({ name, permissions }, by))

it('The built-in roles are in every list, as they are in the code, with how many have them', async () => {
  const roles = await api.ask<{ id: string; members: number }[]>('roles.list', { cookie: admin.cookie })
  expect(roles).toMatchObject(
    BUILT_IN_ROLES.map(({ id, permissions }) => ({ id, permissions, builtIn: true })),
  )
  expect(roles.find(({ id }) => id === 'admin')).toMatchObject({ members: 1, serviceAccounts: 0 })
})

it('A role of one’s own gives exactly its permissions, and a change of it counts at once', async () => {
  const { id } = await make('Reader of runs', ['run:read'])
  expect(id).toBe('reader-of-runs')
  const { cookie } = await api.person({ role: id })
  await api.ask('runs.list', { cookie, input: {} })
  expect(await api.refusal('flows.list', { cookie })).toEqual([403, 'auth.forbidden'])
  await api.ask('roles.update', post({ id, name: 'Reader', permissions: ['flow:read'] }))
  await api.ask('flows.list', { cookie })
  expect(await api.refusal('runs.list', { cookie, input: {} })).toEqual([403, 'auth.forbidden'])
  expect(await api.ask('session.get', { cookie })).toMatchObject({ roleName: 'Reader' })
})

it('Nobody makes a role that may do more than they may, nor makes one so', async () => {
  const input = { name: 'Coder', permissions: ['code:write'] }
  expect(await api.refusal('roles.create', post(input, admin))).toEqual([403, 'auth.too_much'])
  const { id } = await make('Plain', ['flow:read'], admin)
  const more = { id, name: 'Plain', permissions: PERMISSION_NAMES }
  expect(await api.refusal('roles.update', post(more, admin))).toEqual([403, 'auth.too_much'])
  await api.ask('roles.update', post({ id, name: 'Coder', permissions: ['code:write', 'flow:read'] }))
  // What was there may stay: it gives nobody anything new.
  await api.ask('roles.update', post({ id, name: 'Coders', permissions: ['code:write'] }, admin))
})

it('A role that anybody has, is invited to or would get is removed only for another one, which they then have', async () => {
  const { id } = await make('Going', ['flow:read'])
  const { memberId } = await api.person({ role: id })
  await api.ask('serviceAccounts.create', post({ name: 'Robot', role: id }))
  await api.admin(
    `INSERT INTO invitations (organisation_id, id, email, role, team_ids, token_hash, expires_at)
     VALUES ('default', 'i', 'x@example.org', $1, '{}', 'hash', now() + interval '1 day')`,
    [id],
  )
  expect(await api.refusal('roles.remove', post({ id }))).toEqual([409, 'conflict.role_in_use'])
  expect(await api.refusal('roles.remove', post({ id, replacement: 'owner' }, admin))).toEqual([
    403,
    'auth.too_much',
  ])
  expect(await api.refusal('roles.remove', post({ id, replacement: id }))).toEqual([400, 'input.same_role'])
  await api.ask('roles.remove', post({ id, replacement: 'viewer' }))
  expect(await api.admin('SELECT role FROM members WHERE id = $1', [memberId])).toEqual([{ role: 'viewer' }])
  expect(await api.admin('SELECT role FROM service_accounts')).toEqual([{ role: 'viewer' }])
  expect(await api.admin('SELECT role FROM invitations')).toEqual([{ role: 'viewer' }])
})

it('Built-in roles change for nobody, and two roles never share a name', async () => {
  const change = { id: 'viewer', name: 'Viewer', permissions: PERMISSION_NAMES }
  expect(await api.refusal('roles.update', post(change))).toEqual([400, 'input.built_in_role'])
  expect(await api.refusal('roles.remove', post({ id: 'viewer' }))).toEqual([400, 'input.built_in_role'])
  const second = { name: 'viewer', permissions: [] }
  expect(await api.refusal('roles.create', post(second))).toEqual([409, 'conflict.role_name'])
  expect(await api.refusal('roles.update', post({ ...change, id: 'never-was', name: 'X' }))).toEqual([
    404,
    'not_found.role',
  ])
})
