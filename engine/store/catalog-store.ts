import type { Pool } from 'pg'
import { catalogSchema, PressroomError, type Catalog } from '#graph'
import type { CatalogStore } from '#run/interfaces.ts'
import { queryIn } from './run-store-connection.ts'

/** Names the versions of all rows: another stamp, another catalogue. Read at every start of a run, so it has to be cheap. */
const STAMP = `
  SELECT concat_ws(' ',
    (SELECT string_agg(xmin || '.' || ctid, ' ') FROM content_types),
    (SELECT string_agg(xmin || '.' || ctid, ' ') FROM agents),
    (SELECT string_agg(xmin || '.' || ctid, ' ') FROM model_configurations),
    (SELECT string_agg(xmin || '.' || ctid, ' ') FROM connections)) AS stamp`

const CATALOG = `
  SELECT (${STAMP}) AS stamp,
    (SELECT coalesce(json_agg(json_build_object('slug', slug, 'name', name, 'description', description,
      'systemContext', system_context, 'form', form) ORDER BY position, slug), '[]')
      FROM content_types) AS "contentTypes",
    (SELECT coalesce(json_agg(json_build_object('slug', slug, 'role', role, 'name', name,
      'description', description, 'systemPrompt', system_prompt, 'criteria', criteria) ORDER BY position, slug), '[]')
      FROM agents) AS agents,
    (SELECT coalesce(json_agg(json_build_object('id', id, 'agent', agent_slug, 'provider', provider,
      'connection', connection_id, 'model', model, 'label', label, 'local', local, 'isDefault', is_default, 'temperature', temperature,
      'maxOutputTokens', max_output_tokens) ORDER BY position, id), '[]')
      FROM model_configurations) AS models,
    (SELECT coalesce(json_agg(json_build_object('id', id, 'kind', kind, 'name', name) ORDER BY name, id), '[]')
      FROM connections) AS connections`

/** Organisations whose catalogue is remembered. */
const REMEMBERED = 100

export function createCatalogStore(pool: Pool): CatalogStore {
  const remembered = new Map<string, { stamp: string; catalog: Catalog }>()
  return {
    async catalog(organisationId) {
      const last = remembered.get(organisationId)
      if (last) {
        const query = { name: 'catalog-stamp', text: STAMP }
        const [now] = await queryIn<{ stamp: string }>(pool, organisationId, query)
        if (now?.stamp === last.stamp) return last.catalog
      }
      const [row] = await queryIn<{ stamp: string }>(pool, organisationId, { name: 'catalog', text: CATALOG })
      const { stamp = '', ...rows } = row ?? {}
      const catalog = readCatalog(organisationId, rows)
      remembered.delete(organisationId)
      remembered.set(organisationId, { stamp, catalog })
      const oldest = remembered.keys().next()
      if (remembered.size > REMEMBERED && !oldest.done) remembered.delete(oldest.value)
      return catalog
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
