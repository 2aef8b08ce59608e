import { randomUUID } from 'node:crypto'
import { type ServiceAccountStore, type ServiceAccountSummary, refuseGrant } from '#access'
import { nameTaken } from './access-errors.ts'
import { appendAudit } from './audit-chain.ts'
import { roleIn, roleNames } from './role-rows.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'
import { namesOf } from './user-names.ts'

export function createServiceAccountStore(withOrganisation: WithOrganisation): ServiceAccountStore {
  return {
    list: (organisationId) => withOrganisation(organisationId, (tx) => summaries(tx, {})),

    create: (acting, by, { name, role }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        refuseGrant(by, (await roleIn(tx, role)).permissions)
        await refuseNameTaken(tx, name)
        const id = randomUUID()
        const { organisationId, actor } = acting
        await tx.serviceAccount.create({ data: { organisationId, id, name, role, createdBy: actor.id } })
        await appendAudit(tx, acting, { ...of('serviceAccounts.create', id, name), after: { name, role } })
        return found(tx, id)
      }),

    setDisabled: (acting, by, { id, disabled }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await locked(tx, id)
        if (!before) return null
        if (!disabled) refuseGrant(by, (await roleIn(tx, before.role)).permissions)
        await tx.serviceAccount.updateMany({
          where: { id },
          data: { disabledAt: disabled ? (before.disabledAt ?? new Date()) : null },
        })
        await appendAudit(tx, acting, {
          ...of('serviceAccounts.setDisabled', id, before.name),
          before: { disabled: before.disabledAt !== null },
          after: { disabled },
        })
        return found(tx, id)
      }),

    remove: (acting, id) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await locked(tx, id)
        if (!before) return false
        const { name, role } = before
        await tx.serviceAccount.deleteMany({ where: { id } })
        await appendAudit(tx, acting, { ...of('serviceAccounts.remove', id, name), before: { name, role } })
        return true
      }),
  }
}

const of = (action: string, id: string, name: string) =>
  ({ action, target: { kind: 'service account', id, name }, outcome: 'done' }) as const

async function locked(tx: OrganisationTx, id: string) {
  await tx.$queryRaw`SELECT 1 FROM service_accounts WHERE id = ${id} FOR UPDATE`
  return tx.serviceAccount.findFirst({ where: { id } })
}

async function refuseNameTaken(tx: OrganisationTx, name: string): Promise<void> {
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtext('service accounts'), hashtext(current_setting('app.org_id')))`
  const same = { equals: name, mode: 'insensitive' } as const
  if (await tx.serviceAccount.findFirst({ where: { name: same } })) throw nameTaken('service_account', name)
}

async function summaries(tx: OrganisationTx, where: { id?: string }): Promise<ServiceAccountSummary[]> {
  const rows = await tx.serviceAccount.findMany({
    where,
    include: { apiKeys: { select: { revokedAt: true, expiresAt: true } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  const people = await namesOf(
    tx,
    rows.map(({ createdBy }) => createdBy),
  )
  const roles = await roleNames(tx)
  const now = new Date()
  return rows.map(({ id, name, role, disabledAt, apiKeys, createdAt, createdBy }) => ({
    id,
    name,
    role,
    roleName: roles.get(role) ?? role,
    disabled: disabledAt !== null,
    keys: apiKeys.filter(({ revokedAt, expiresAt }) => !revokedAt && (!expiresAt || expiresAt > now)).length,
    createdAt: createdAt.toISOString(),
    createdByName: people.get(createdBy) ?? null,
  }))
}

async function found(tx: OrganisationTx, id: string): Promise<ServiceAccountSummary> {
  const [account] = await summaries(tx, { id })
  if (!account) throw new Error(`the service account ${id} was just written`)
  return account
}
