import type { Pool } from 'pg'
import type { Flow } from '#graph'
import type { FlowsToRun } from '#run/interfaces.ts'
import { readFlow } from './flow-store.ts'
import { queryIn } from './run-store-connection.ts'

const FLOW = `
  SELECT id, published_id, CASE WHEN published_id IS NULL THEN draft END AS draft FROM flows
  WHERE (id = $1 OR slug = $1) AND removed_at IS NULL ORDER BY id = $1 DESC LIMIT 1`
const VERSION = 'SELECT document FROM flow_versions WHERE id = $1'

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
  }
}
