import { randomUUID } from 'node:crypto'
import type { OrganisationDetail, OrganisationStore, OrganisationSummary } from '#access'
import { seedOrganisation, type SeedData } from '../../prisma/seed.ts'
import { appendAudit } from './audit-chain.ts'
import type { PrismaClient } from './generated/client.ts'
import { numbered, slugOf } from './slug.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

/** Any number; organisations are made one after the other under it, so that no two get one slug. */
const LOCK = 7_307_005

export function createOrganisationStore(
  prisma: PrismaClient,
  withOrganisation: WithOrganisation,
  seed: () => Promise<SeedData>,
): OrganisationStore {
  return {
    all: () => all(prisma),

    get: (organisationId) => withOrganisation(organisationId, (tx) => find(tx, organisationId)),

    rename: (acting, name) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const id = acting.organisationId
        const before = await find(tx, id)
        if (!before) return null
        await tx.organisation.update({ where: { id }, data: { name } })
        await appendAudit(tx, acting, {
          action: 'organisation.rename',
          target: { kind: 'organisation', id, name },
          outcome: 'done',
          before: { name: before.name },
          after: { name },
        })
        return { ...before, name }
      }),

    keep: (acting, retention) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const id = acting.organisationId
        const before = await find(tx, id)
        if (!before) return null
        const { runDays, eventDays } = retention
        const data = { retentionRunDays: runDays, retentionEventDays: eventDays }
        await tx.organisation.update({ where: { id }, data })
        await appendAudit(tx, acting, {
          action: 'organisation.keep',
          target: { kind: 'organisation', id, name: before.name },
          outcome: 'done',
          before: before.retention,
          after: retention,
        })
        return { ...before, retention }
      }),

    async create(actor, name) {
      const [id, data] = [randomUUID(), await seed()]
      return withOrganisation(id, async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`
        const taken = new Set((await all(tx)).map(({ slug }) => slug))
        const made = { id, name, slug: numbered(slugOf(name, 'organisation'), taken) }
        await tx.organisation.create({ data: made })
        await seedOrganisation(tx, id, data)
        await appendAudit(
          tx,
          { ...actor, organisationId: id },
          {
            action: 'organisation.create',
            target: { kind: 'organisation', id, name },
            outcome: 'done',
            after: made,
          },
        )
        return made
      })
    },
  }
}

const all = (client: Pick<PrismaClient, '$queryRaw'>): Promise<OrganisationSummary[]> =>
  client.$queryRaw<OrganisationSummary[]>`SELECT id, name, slug FROM system_organisations()`

async function find(tx: OrganisationTx, id: string): Promise<OrganisationDetail | null> {
  const row = await tx.organisation.findUnique({ where: { id } })
  if (!row) return null
  const { name, slug, requireTwoFactor, createdAt } = row
  const retention = { runDays: row.retentionRunDays, eventDays: row.retentionEventDays }
  const members = await tx.member.count()
  return { id, name, slug, requireTwoFactor, retention, createdAt: createdAt.toISOString(), members }
}
