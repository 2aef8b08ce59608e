/**
 * What every organisation starts with. Called at every start: adds what is missing and never touches what is there,
 * because an administrator may have edited it.
 */
import type { Agent, CatalogContentType, ModelConfiguration } from '#graph'
import type { PrismaClient } from '../engine/store/generated/client.ts'
import type { OrganisationTx, WithOrganisation } from '../engine/store/tenancy.ts'

export interface SeedData {
  contentTypes: CatalogContentType[]
  agents: Agent[]
  modelConfigurations: ModelConfiguration[]
}

export const DEFAULT_ORGANISATION = { id: 'default', slug: 'default', name: 'My organisation' }

/** The data that Pressroom ships. Imported here and not above, so that tests can seed data of their own. */
export async function shippedSeed(): Promise<SeedData> {
  const [{ contentTypes }, { agents }, { modelConfigurations }] = await Promise.all([
    import('./seed-data/content-types.ts'),
    import('./seed-data/agents.ts'),
    import('./seed-data/models.ts'),
  ])
  return { contentTypes, agents, modelConfigurations }
}

/** Adds the missing part of the catalogue to the organisation that the transaction is set to. */
export async function seedOrganisation(
  tx: OrganisationTx,
  organisationId: string,
  seed: SeedData,
): Promise<void> {
  await tx.contentType.createMany({
    skipDuplicates: true,
    data: seed.contentTypes.map((type, position) => ({ ...type, organisationId, position })),
  })
  await tx.agent.createMany({
    skipDuplicates: true,
    data: seed.agents.map((agent, position) => ({ ...agent, organisationId, position })),
  })
  await tx.modelConfiguration.createMany({
    skipDuplicates: true,
    data: seed.modelConfigurations.map(({ agent, ...model }, position) => ({
      ...model,
      agentSlug: agent,
      organisationId,
      position,
    })),
  })
}

/** Makes the first organisation where there is none, and completes the catalogue of every organisation. */
export async function seedDatabase(
  prisma: PrismaClient,
  withOrganisation: WithOrganisation,
  seed: SeedData,
): Promise<void> {
  const organisations = () => prisma.$queryRaw<{ id: string }[]>`SELECT id FROM system_organisations()`
  if ((await organisations()).length === 0) {
    await withOrganisation(DEFAULT_ORGANISATION.id, (tx) =>
      tx.organisation.createMany({ data: DEFAULT_ORGANISATION, skipDuplicates: true }),
    )
  }
  for (const { id } of await organisations()) {
    await withOrganisation(id, (tx) => seedOrganisation(tx, id, seed))
  }
}
