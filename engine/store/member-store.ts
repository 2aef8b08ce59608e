import { type MemberStore, type MemberSummary, OWNER, refuseRoleChange } from '#access'
import { PressroomError } from '#graph'
import { appendAudit } from './audit-chain.ts'
import { roleIn, roleNames } from './role-rows.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

const withPerson = {
  user: { select: { name: true, email: true, twoFactorEnabled: true, lastSignInAt: true } },
  teams: { select: { team: { select: { id: true, name: true } } } },
} as const

export function createMemberStore(withOrganisation: WithOrganisation): MemberStore {
  return {
    list: (organisationId) => withOrganisation(organisationId, (tx) => summaries(tx, {})),

    setRole: (acting, by, change) =>
      withOrganisation(acting.organisationId, async (tx) => {
        // Roles are locked before members, here as where a role is removed.
        const role = await roleIn(tx, change.role)
        const before = await locked(tx, change.id)
        if (!before) return null
        refuseRoleChange(by, before.role, role)
        if (before.role === OWNER && change.role !== OWNER) await refuseLastOwner(tx)
        await tx.member.update({ where: { id: change.id }, data: { role: change.role } })
        await appendAudit(tx, acting, {
          action: 'members.setRole',
          target: { kind: 'member', id: change.id, name: before.name },
          outcome: 'done',
          before: { role: before.role },
          after: { role: change.role },
        })
        const [after] = await summaries(tx, { id: change.id })
        return after ?? null
      }),

    remove: (acting, by, id) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await locked(tx, id)
        if (!before) return false
        refuseRoleChange(by, before.role, null)
        if (before.role === OWNER) await refuseLastOwner(tx)
        await tx.member.delete({ where: { id } })
        await appendAudit(tx, acting, {
          action: 'members.remove',
          target: { kind: 'member', id, name: before.name },
          outcome: 'done',
          before: { role: before.role, email: before.email },
        })
        return true
      }),
  }
}

/** Owners are locked one after the other, so that of two who leave at once the second sees that the first has left. */
async function locked(tx: OrganisationTx, id: string) {
  await tx.$queryRaw`SELECT 1 FROM members WHERE role = ${OWNER} OR id = ${id} ORDER BY id FOR UPDATE`
  const row = await tx.member.findUnique({ where: { id }, include: withPerson })
  return row && { role: row.role, name: row.user.name, email: row.user.email }
}

async function refuseLastOwner(tx: OrganisationTx): Promise<void> {
  if ((await tx.member.count({ where: { role: OWNER } })) > 1) return
  throw new PressroomError({
    code: 'conflict.last_owner',
    message: 'An organisation always has an owner, and this is the last one.',
    fix: 'Make somebody else an owner first.',
  })
}

async function summaries(tx: OrganisationTx, where: { id?: string }): Promise<MemberSummary[]> {
  const rows = await tx.member.findMany({
    where,
    include: withPerson,
    orderBy: [{ user: { name: 'asc' } }, { id: 'asc' }],
  })
  const names = await roleNames(tx)
  return rows.map(({ id, userId, role, user, teams, createdAt }) => ({
    id,
    userId,
    name: user.name,
    email: user.email,
    role,
    roleName: names.get(role) ?? role,
    teams: teams.map(({ team }) => team).toSorted((a, b) => a.name.localeCompare(b.name)),
    twoFactor: user.twoFactorEnabled,
    joinedAt: createdAt.toISOString(),
    lastSignInAt: user.lastSignInAt?.toISOString() ?? null,
  }))
}
