import type { Prisma, PrismaClient } from './generated/client.ts'

/** A transaction that sees one organisation. */
export type OrganisationTx = Prisma.TransactionClient

export type WithOrganisation = <T>(
  organisationId: string,
  work: (tx: OrganisationTx) => Promise<T>,
) => Promise<T>

/**
 * Runs `work` in one transaction in which row-level security shows the organisation's rows and no others.
 * One transaction per procedure, not one per query: the setting costs a round trip.
 */
export function withOrganisationOn(prisma: PrismaClient): WithOrganisation {
  return (organisationId, work) =>
    prisma.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT set_config('app.org_id', ${organisationId}, true)`
      return work(tx)
    })
}
