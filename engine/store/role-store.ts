import {
  type Granting,
  type RoleDraft,
  type RoleStore,
  type RoleSummary,
  BUILT_IN_ROLES,
  builtInRole,
  permissionsOf,
  refuseGrant,
} from '#access'
import { PressroomError } from '#graph'
import { nameTaken } from './access-errors.ts'
import { appendAudit } from './audit-chain.ts'
import { roleIn } from './role-rows.ts'
import { numbered, slugOf } from './slug.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

export function createRoleStore(withOrganisation: WithOrganisation): RoleStore {
  return {
    list: (organisationId) => withOrganisation(organisationId, roles),

    create: (acting, by, role) =>
      withOrganisation(acting.organisationId, async (tx) => {
        await takeTurns(tx)
        refuseGrant(by, role.permissions)
        const there = await refuseNameTaken(tx, role.name, null)
        const id = numbered(slugOf(role.name, 'role'), there)
        await tx.role.create({ data: { organisationId: acting.organisationId, id, ...role } })
        await appendAudit(tx, acting, { ...of('roles.create', id, role), after: role })
        return found(tx, id)
      }),

    update: (acting, by, id, role) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await own(tx, id)
        if (!before) return null
        refuseGrant(
          by,
          role.permissions.filter((permission) => !before.permissions.includes(permission)),
        )
        await refuseNameTaken(tx, role.name, id)
        await tx.role.updateMany({ where: { id }, data: role })
        await appendAudit(tx, acting, { ...of('roles.update', id, role), before, after: role })
        return found(tx, id)
      }),

    remove: (acting, by, { id, replacement }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await own(tx, id)
        if (!before) return false
        if (replacement === null) await refuseInUse(tx, id, before.name)
        else await replace(tx, by, id, replacement)
        await tx.role.deleteMany({ where: { id } })
        await appendAudit(tx, acting, { ...of('roles.remove', id, before), before, after: { replacement } })
        return true
      }),
  }
}

const of = (action: string, id: string, { name }: { name: string }) =>
  ({ action, target: { kind: 'role', id, name }, outcome: 'done' }) as const

/** Who gives a role holds it shared (`roleIn`), so nobody is given it while it changes. */
async function own(tx: OrganisationTx, id: string): Promise<RoleDraft | null> {
  if (builtInRole(id)) throw builtIn(id)
  await takeTurns(tx)
  await tx.$queryRaw`SELECT 1 FROM roles WHERE id = ${id} FOR UPDATE`
  const row = await tx.role.findFirst({ where: { id } })
  if (!row) return null
  return { name: row.name, summary: row.summary, permissions: [...permissionsOf(id, row.permissions)] }
}

/** Names are compared as people read them, which no index does. */
const takeTurns = (tx: OrganisationTx) =>
  tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('roles'), hashtext(current_setting('app.org_id')))`

async function refuseNameTaken(
  tx: OrganisationTx,
  name: string,
  except: string | null,
): Promise<Set<string>> {
  const there = [...BUILT_IN_ROLES, ...(await tx.role.findMany({ select: { id: true, name: true } }))]
  const same = there.some(
    ({ id, name: other }) => id !== except && other.toLowerCase() === name.toLowerCase(),
  )
  if (same) throw nameTaken('role', name)
  return new Set(there.map(({ id }) => id))
}

async function refuseInUse(tx: OrganisationTx, role: string, name: string): Promise<void> {
  const uses = {
    members: await tx.member.count({ where: { role } }),
    serviceAccounts: await tx.serviceAccount.count({ where: { role } }),
    invitations: await tx.invitation.count({ where: { role, acceptedAt: null, revokedAt: null } }),
    signOn: await tx.signOnProvider.count({ where: { defaultRole: role } }),
  }
  if (Object.values(uses).every((count) => count === 0)) return
  throw new PressroomError({
    code: 'conflict.role_in_use',
    message: `The role "${name}" is in use.`,
    fix: 'Say which role those who have it shall have instead.',
    facts: uses,
  })
}

async function replace(tx: OrganisationTx, by: Granting, from: string, to: string): Promise<void> {
  if (from === to) throw notItself()
  const replacement = await roleIn(tx, to)
  refuseGrant(by, replacement.permissions)
  await tx.member.updateMany({ where: { role: from }, data: { role: to } })
  await tx.serviceAccount.updateMany({ where: { role: from }, data: { role: to } })
  await tx.invitation.updateMany({ where: { role: from }, data: { role: to } })
  await tx.signOnProvider.updateMany({ where: { defaultRole: from }, data: { defaultRole: to } })
}

async function roles(tx: OrganisationTx): Promise<RoleSummary[]> {
  const custom = await tx.role.findMany({ orderBy: [{ name: 'asc' }, { id: 'asc' }] })
  const members = await tx.member.groupBy({ by: 'role', _count: true })
  const accounts = await tx.serviceAccount.groupBy({ by: 'role', _count: true })
  const having = (counts: typeof members | typeof accounts, id: string) =>
    counts.find(({ role }) => role === id)?._count ?? 0
  const counted = (id: string) => ({ members: having(members, id), serviceAccounts: having(accounts, id) })
  return [
    ...BUILT_IN_ROLES.map((role) => ({ ...role, builtIn: true, ...counted(role.id) })),
    ...custom.map(({ id, name, summary, permissions }) => ({
      id,
      name,
      summary,
      permissions: [...permissionsOf(id, permissions)],
      builtIn: false,
      ...counted(id),
    })),
  ]
}

async function found(tx: OrganisationTx, id: string): Promise<RoleSummary> {
  const role = (await roles(tx)).find((each) => each.id === id)
  if (!role) throw new Error(`the role ${id} was just written`)
  return role
}

const builtIn = (role: string) =>
  new PressroomError({
    code: 'input.built_in_role',
    message: 'Built-in roles are the same everywhere and can’t be changed.',
    fix: 'Make a role of your own with the permissions that you want.',
    facts: { role },
  })

const notItself = () =>
  new PressroomError({
    code: 'input.same_role',
    message: 'A role that is removed can’t replace itself.',
    fix: 'Choose another role.',
  })
