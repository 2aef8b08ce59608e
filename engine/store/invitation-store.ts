import { randomUUID } from 'node:crypto'
import {
  type Accepting,
  type InvitationStore,
  type InvitationSummary,
  refuseGrant,
  refuseRoleChange,
} from '#access'
import { makeAccount, writePassword } from './account-rows.ts'
import { notFound } from './access-errors.ts'
import { appendAudit } from './audit-chain.ts'
import { alreadyAccepted, expired, otherAddress, unusable, withdrawn } from './invitation-errors.ts'
import { addMember, refuseMember } from './member-rows.ts'
import { roleIn, roleNames } from './role-rows.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'
import { namesOf } from './user-names.ts'

export function createInvitationStore(withOrganisation: WithOrganisation): InvitationStore {
  return {
    list: (organisationId) => withOrganisation(organisationId, (tx) => summaries(tx, {})),

    create: (acting, by, { email: address, role, teamIds, tokenHash, expiresAt }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const email = address.toLowerCase()
        refuseRoleChange(by, null, await roleIn(tx, role))
        await refuseMember(tx, email)
        await refuseUnknownTeams(tx, teamIds)
        await tx.invitation.updateMany({
          where: { email, acceptedAt: null, revokedAt: null },
          data: { revokedAt: new Date() },
        })
        const { organisationId, actor } = acting
        const id = randomUUID()
        const invitation = { id, email, role, teamIds: [...teamIds], tokenHash, expiresAt }
        await tx.invitation.create({ data: { organisationId, invitedBy: actor.id, ...invitation } })
        await appendAudit(tx, acting, { ...entry('create', id, email), after: { email, role, teamIds } })
        return found(tx, id)
      }),

    renew: (acting, by, id, { tokenHash, expiresAt }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const open = await locked(tx, { id })
        if (!open || open.acceptedAt || open.revokedAt) return null
        refuseGrant(by, (await roleIn(tx, open.role)).permissions)
        await tx.invitation.updateMany({ where: { id }, data: { tokenHash, expiresAt } })
        await appendAudit(tx, acting, entry('renew', id, open.email))
        return found(tx, id)
      }),

    revoke: (acting, id) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const open = await locked(tx, { id })
        if (!open || open.acceptedAt || open.revokedAt) return null
        await tx.invitation.updateMany({ where: { id }, data: { revokedAt: new Date() } })
        await appendAudit(tx, acting, entry('revoke', id, open.email))
        return found(tx, id)
      }),

    look: (organisationId, tokenHash) =>
      withOrganisation(organisationId, async (tx) => {
        const [summary] = await summaries(tx, { tokenHash })
        const organisation = await tx.organisation.findUnique({ where: { id: organisationId } })
        if (!summary || !organisation) return null
        const { email, roleName, state, invitedByName } = summary
        return {
          organisation: { id: organisation.id, name: organisation.name },
          email,
          roleName,
          state,
          invitedByName,
          hasAccount: (await tx.user.count({ where: { email } })) > 0,
        }
      }),

    accept: ({ organisationId, tokenHash }, person, request) =>
      withOrganisation(organisationId, async (tx) => {
        const invitation = await locked(tx, { tokenHash })
        if (!invitation) throw unusable()
        const { id, email, role, acceptedAt, revokedAt, expiresAt } = invitation
        if (acceptedAt) throw alreadyAccepted()
        if (revokedAt) throw withdrawn()
        if (expiresAt <= new Date()) throw expired()
        await roleIn(tx, role)
        const user = await accountFor(tx, email, person)
        const teams = await tx.team.findMany({
          where: { id: { in: invitation.teamIds } },
          select: { id: true },
        })
        await addMember(tx, { organisationId, userId: user.id, role, email }, teams)
        await tx.invitation.updateMany({ where: { id }, data: { acceptedAt: new Date() } })
        const actor = { kind: 'person', id: user.id, name: user.name } as const
        const told = { ...entry('accept', id, email), after: { role } }
        await appendAudit(tx, { organisationId, actor, ...request }, told)
        return { userId: user.id, email }
      }),
  }
}

async function accountFor(tx: OrganisationTx, email: string, person: Accepting) {
  if ('userId' in person) {
    if (person.email.toLowerCase() !== email) throw otherAddress(email)
    return tx.user.findUniqueOrThrow({ where: { id: person.userId }, select: { id: true, name: true } })
  }
  const { name, passwordHash } = person
  const id = await makeAccount(tx, { email, name })
  await writePassword(tx, id, passwordHash)
  return { id, name }
}

const entry = (verb: string, id: string, name: string) =>
  ({ action: `invitations.${verb}`, target: { kind: 'invitation', id, name }, outcome: 'done' }) as const

/** Of two who use a link at once, the second sees what the first has done. */
async function locked(tx: OrganisationTx, where: { id: string } | { tokenHash: string }) {
  if ('id' in where) await tx.$queryRaw`SELECT 1 FROM invitations WHERE id = ${where.id} FOR UPDATE`
  else await tx.$queryRaw`SELECT 1 FROM invitations WHERE token_hash = ${where.tokenHash} FOR UPDATE`
  return tx.invitation.findFirst({ where })
}

async function refuseUnknownTeams(tx: OrganisationTx, teamIds: readonly string[]): Promise<void> {
  const there = await tx.team.findMany({ where: { id: { in: [...teamIds] } }, select: { id: true } })
  const unknown = teamIds.find((id) => !there.some((team) => team.id === id))
  if (unknown !== undefined) throw notFound('team', unknown)
}

async function found(tx: OrganisationTx, id: string): Promise<InvitationSummary> {
  const [summary] = await summaries(tx, { id })
  if (!summary) throw new Error(`the invitation ${id} was just written`)
  return summary
}

async function summaries(
  tx: OrganisationTx,
  where: { id?: string; tokenHash?: string },
): Promise<InvitationSummary[]> {
  const rows = await tx.invitation.findMany({ where, orderBy: [{ createdAt: 'desc' }, { id: 'asc' }] })
  const inviters = await namesOf(
    tx,
    rows.map((row) => row.invitedBy),
  )
  const roles = await roleNames(tx)
  const teams = await tx.team.findMany({ select: { id: true, name: true }, orderBy: { name: 'asc' } })
  const now = new Date()
  return rows.map(({ id, email, role, teamIds, invitedBy, createdAt, expiresAt, acceptedAt, revokedAt }) => ({
    id,
    email,
    role,
    roleName: roles.get(role) ?? role,
    teams: teams.filter((team) => teamIds.includes(team.id)),
    state: acceptedAt ? 'accepted' : revokedAt ? 'revoked' : expiresAt <= now ? 'expired' : 'open',
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    invitedByName: inviters.get(invitedBy) ?? null,
  }))
}
