import { randomUUID } from 'node:crypto'
import {
  type KeyHolder,
  type KeyMaker,
  type KeyStore,
  type KeySummary,
  type NewKey,
  type Permission,
  WITHIN_FLOWS,
  isPermission,
  refuseGrant,
} from '#access'
import { notFound } from './access-errors.ts'
import { appendAudit } from './audit-chain.ts'
import type { Prisma } from './generated/client.ts'
import { beyondHolder, beyondFlows, outlives, reachesFurther } from './key-errors.ts'
import { roleIn } from './role-rows.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

const withHolder = {
  serviceAccount: { select: { id: true, name: true, disabledAt: true } },
  member: { select: { id: true, user: { select: { name: true } } } },
} as const

export function createKeyStore(withOrganisation: WithOrganisation): KeyStore {
  return {
    list: (organisationId, holder) => withOrganisation(organisationId, (tx) => summaries(tx, holder ?? {})),

    create: (acting, by, key) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const id = randomUUID()
        const flowIds = await flowsOf(tx, by, key)
        const permissions = permissionsOf(
          by,
          await holderMay(tx, key.holder),
          key.permissions,
          flowIds !== null,
        )
        await refuseOutliving(tx, by, key.expiresAt)
        const { organisationId, actor } = acting
        const { name, holder, expiresAt, token } = key
        await tx.apiKey.create({
          data: {
            organisationId,
            id,
            name,
            ...holder,
            tokenHash: token.hash,
            start: token.start,
            permissions,
            limitedToFlows: flowIds !== null,
            flowIds: flowIds ?? [],
            expiresAt,
            createdBy: actor.id,
          },
        })
        await appendAudit(tx, acting, {
          ...of('keys.create', id, name),
          after: { holder, start: token.start, permissions, flowIds, expiresAt },
        })
        const [made] = await summaries(tx, { id })
        if (!made) throw new Error(`the key ${id} was just written`)
        return made
      }),

    revoke: (acting, id, holder) =>
      withOrganisation(acting.organisationId, async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM api_keys WHERE id = ${id} FOR UPDATE`
        const [before] = await summaries(tx, { ...holder, id })
        if (!before || before.state === 'revoked') return before ?? null
        await tx.apiKey.updateMany({ where: { id }, data: { revokedAt: new Date() } })
        await appendAudit(tx, acting, {
          ...of('keys.revoke', id, before.name),
          before: { state: before.state },
          after: { state: 'revoked' },
        })
        return { ...before, state: 'revoked' }
      }),

    touch: (organisationId, id, from) =>
      withOrganisation(organisationId, async (tx) => {
        await tx.$executeRaw`
          UPDATE api_keys SET last_used_at = clock_timestamp(), last_used_from = ${from}
          WHERE id = ${id} AND (last_used_at IS NULL OR last_used_at <= clock_timestamp() - interval '1 minute')`
      }),
  }
}

const of = (action: string, id: string, name: string) =>
  ({ action, target: { kind: 'key', id, name }, outcome: 'done' }) as const

/** Ids of the flows that the key is limited to; null for none. */
async function flowsOf(tx: OrganisationTx, by: KeyMaker, { flowIds }: NewKey): Promise<string[] | null> {
  if (flowIds === null) {
    if (by.flowIds !== null) throw reachesFurther()
    return null
  }
  const wanted = [...flowIds]
  const rows = await tx.flow.findMany({
    where: { OR: [{ id: { in: wanted } }, { slug: { in: wanted } }], removedAt: null },
    select: { id: true, slug: true, teamId: true },
  })
  const found = wanted.map((asked) => {
    const flow = rows.find(({ id }) => id === asked) ?? rows.find(({ slug }) => slug === asked)
    if (!flow || !by.reaches(flow)) throw notFound('flow', asked)
    return flow.id
  })
  return [...new Set(found)]
}

async function holderMay(tx: OrganisationTx, holder: KeyHolder): Promise<readonly Permission[]> {
  if ('memberId' in holder) {
    const member = await tx.member.findUnique({ where: { id: holder.memberId }, select: { role: true } })
    if (!member) throw notFound('member', holder.memberId)
    return (await roleIn(tx, member.role)).permissions
  }
  const account = await tx.serviceAccount.findFirst({ where: { id: holder.serviceAccountId } })
  if (!account) throw notFound('service_account', holder.serviceAccountId)
  return (await roleIn(tx, account.role)).permissions
}

function permissionsOf(
  by: KeyMaker,
  held: readonly Permission[],
  asked: readonly Permission[] | null,
  limited: boolean,
): Permission[] {
  const usable = limited ? held.filter((permission) => WITHIN_FLOWS.includes(permission)) : held
  if (asked === null) return usable.filter((permission) => by.permissions.has(permission))
  refuseGrant(by, asked)
  const lacking = asked.filter((permission) => !held.includes(permission))
  if (lacking.length > 0) throw beyondHolder(lacking)
  const beyond = asked.filter((permission) => !usable.includes(permission))
  if (beyond.length > 0) throw beyondFlows(beyond)
  return [...new Set(asked)]
}

async function refuseOutliving(tx: OrganisationTx, by: KeyMaker, expiresAt: Date | null): Promise<void> {
  if (by.keyId === null) return
  const maker = await tx.apiKey.findFirst({ where: { id: by.keyId }, select: { expiresAt: true } })
  if (maker?.expiresAt && (!expiresAt || expiresAt > maker.expiresAt)) throw outlives(maker.expiresAt)
}

async function summaries(tx: OrganisationTx, where: Prisma.ApiKeyWhereInput): Promise<KeySummary[]> {
  const rows = await tx.apiKey.findMany({
    where,
    include: withHolder,
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  })
  const now = new Date()
  return rows.map(({ serviceAccount, member, ...row }) => ({
    id: row.id,
    name: row.name,
    start: row.start,
    holder: serviceAccount
      ? { kind: 'service-account', id: serviceAccount.id, name: serviceAccount.name }
      : { kind: 'person', id: member?.id ?? '', name: member?.user.name ?? '' },
    permissions: row.permissions.filter(isPermission),
    flowIds: row.limitedToFlows ? row.flowIds : null,
    state: stateOf(row, serviceAccount?.disabledAt ?? null, now),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    lastUsedFrom: row.lastUsedFrom,
  }))
}

function stateOf(
  { revokedAt, expiresAt }: { revokedAt: Date | null; expiresAt: Date | null },
  disabledAt: Date | null,
  now: Date,
): KeySummary['state'] {
  if (revokedAt) return 'revoked'
  if (expiresAt && expiresAt <= now) return 'expired'
  return disabledAt ? 'disabled' : 'active'
}
