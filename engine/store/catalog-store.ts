import { catalogSchema, PressroomError, type Catalog } from '#graph'
import type { CatalogStore } from '#run/interfaces.ts'
import type { WithOrganisation } from './tenancy.ts'

const inOrder = <K extends string>(last: K) =>
  [{ position: 'asc' }, { [last]: 'asc' }] as { [key in K | 'position']?: 'asc' }[]

export function createCatalogStore(withOrganisation: WithOrganisation): CatalogStore {
  return {
    async catalog(organisationId) {
      const rows = await withOrganisation(organisationId, async (tx) => ({
        contentTypes: await tx.contentType.findMany({ orderBy: inOrder('slug') }),
        agents: await tx.agent.findMany({ orderBy: inOrder('slug') }),
        models: await tx.modelConfiguration.findMany({ orderBy: inOrder('id') }),
      }))
      return readCatalog(organisationId, {
        ...rows,
        models: rows.models.map(({ agentSlug, ...model }) => ({ ...model, agent: agentSlug })),
      })
    },
  }
}

function readCatalog(organisationId: string, rows: unknown): Catalog {
  const catalog = catalogSchema.safeParse(rows)
  if (catalog.success) return catalog.data
  const [issue] = catalog.error.issues
  throw new PressroomError(
    {
      code: 'catalog.unreadable',
      message: `The catalogue can't be read: ${issue?.path.join('.')}: ${issue?.message}`,
      fix: 'Correct or delete the entry; a deleted entry of the original catalogue comes back at the next start.',
      facts: { organisationId, issues: catalog.error.issues },
    },
    catalog.error,
  )
}
