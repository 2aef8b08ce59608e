import type { Pool } from 'pg'
import { catalogSchema, PressroomError, type Catalog } from '#graph'
import type { CatalogStore } from '#run/interfaces.ts'
import { queryIn } from './run-store-connection.ts'

/** Read at every start of a run, so that it is one query whose answer is looked into only when it has changed. */
const CATALOG = `
  SELECT json_build_object(
    'contentTypes', (SELECT coalesce(json_agg(json_build_object('slug', slug, 'name', name,
      'description', description, 'systemContext', system_context, 'form', form) ORDER BY position, slug), '[]')
      FROM content_types),
    'agents', (SELECT coalesce(json_agg(json_build_object('slug', slug, 'role', role, 'name', name,
      'description', description, 'systemPrompt', system_prompt, 'criteria', criteria) ORDER BY position, slug), '[]')
      FROM agents),
    'models', (SELECT coalesce(json_agg(json_build_object('id', id, 'agent', agent_slug, 'provider', provider,
      'model', model, 'label', label, 'local', local, 'isDefault', is_default, 'temperature', temperature,
      'maxOutputTokens', max_output_tokens) ORDER BY position, id), '[]')
      FROM model_configurations)
  )::text AS catalog`

/** Organisations whose catalogue is remembered. */
const REMEMBERED = 100

export function createCatalogStore(pool: Pool): CatalogStore {
  const remembered = new Map<string, { text: string; catalog: Catalog }>()
  return {
    async catalog(organisationId) {
      const query = { name: 'catalog', text: CATALOG }
      const [row] = await queryIn<{ catalog: string }>(pool, organisationId, query)
      const text = row?.catalog ?? '{}'
      const last = remembered.get(organisationId)
      if (last?.text === text) return last.catalog
      const catalog = readCatalog(organisationId, JSON.parse(text))
      remembered.delete(organisationId)
      remembered.set(organisationId, { text, catalog })
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
