import type { Pool } from 'pg'
import type { CallableFlow, Flow } from '#graph'
import type { FlowsToRun } from '#run/interfaces.ts'
import { readFlow } from './flow-store.ts'
import { queryIn } from './run-store-connection.ts'

const FLOW = `
  SELECT id, published_id, CASE WHEN published_id IS NULL THEN draft END AS draft FROM flows
  WHERE (id = $1 OR slug = $1) AND removed_at IS NULL ORDER BY id = $1 DESC LIMIT 1`
const VERSION = 'SELECT document FROM flow_versions WHERE id = $1'

const CALLABLES = `
  SELECT f.id, f.name, brief IS NOT NULL AS "takesBrief", brief -> 'config' ->> 'contentType' AS "contentType",
    (SELECT coalesce(jsonb_agg(DISTINCT n -> 'config' ->> c.field), '[]')
      FROM jsonb_array_elements(v.document -> 'nodes') AS n
      JOIN unnest($2::text[], $3::text[]) AS c(type, field) ON c.type = n ->> 'type'
      WHERE n -> 'config' ? c.field) AS runs
  FROM flows AS f JOIN flow_versions AS v ON v.id = f.published_id
  LEFT JOIN LATERAL (SELECT n AS brief FROM jsonb_array_elements(v.document -> 'nodes') AS n
    WHERE n ->> 'type' = 'brief' AND NOT coalesce((n -> 'disabled')::bool, false) LIMIT 1) AS b ON true
  WHERE f.removed_at IS NULL
    AND (f.team_id IS NULL OR f.team_id = (SELECT own.team_id FROM flows AS own WHERE own.id = $1))
  ORDER BY f.name, f.id`

/** Versions never change, so those last run are remembered. */
const REMEMBERED = 200

interface FlowRow {
  id: string
  published_id: string | null
  draft: unknown
}

export function createFlowsToRun(pool: Pool): FlowsToRun {
  const versions = new Map<string, Flow>()

  async function version(organisationId: string, flowId: string, versionId: string): Promise<Flow> {
    const known = versions.get(versionId)
    if (known) return known
    const query = { name: 'flow-version', text: VERSION, values: [versionId] }
    const [row] = await queryIn<{ document: unknown }>(pool, organisationId, query)
    const flow = readFlow(row?.document, flowId)
    versions.set(versionId, flow)
    const oldest = versions.keys().next()
    if (versions.size > REMEMBERED && !oldest.done) versions.delete(oldest.value)
    return flow
  }

  return {
    async find(organisationId, idOrSlug) {
      const query = { name: 'flow-to-run', text: FLOW, values: [idOrSlug] }
      const [row] = await queryIn<FlowRow>(pool, organisationId, query)
      if (!row) return null
      const { id: flowId, published_id: versionId } = row
      if (versionId === null) return { flowId, versionId, flow: readFlow(row.draft, flowId) }
      return { flowId, versionId, flow: await version(organisationId, flowId, versionId) }
    },

    async callables(organisationId, flowId, calling) {
      const values = [flowId, calling.map(({ type }) => type), calling.map(({ field }) => field)]
      const query = { name: 'flow-callables', text: CALLABLES, values }
      return { caller: flowId, flows: await queryIn<CallableFlow>(pool, organisationId, query) }
    },
  }
}
