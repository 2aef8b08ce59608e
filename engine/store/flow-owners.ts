import type pg from 'pg'
import type { FlowOwners, OwnedFlow } from '#access'
import { queryIn } from './run-store-connection.ts'

// A flow's own id goes before another's slug, as everywhere.
const OF_FLOW = `
  SELECT id, name, team_id AS "teamId" FROM flows WHERE id = $1 OR slug = $1 ORDER BY (id = $1) DESC LIMIT 1`

const OF_VERSION = `
  SELECT f.id, f.name, f.team_id AS "teamId" FROM flow_versions v JOIN flows f ON f.id = v.flow_id WHERE v.id = $1`

const OF_RUN = `
  SELECT coalesce(f.id, '') AS id, r.flow_name AS name, f.team_id AS "teamId"
  FROM runs r LEFT JOIN flows f ON f.id = r.flow_id WHERE r.id = $1`

/** `pool` sends the queries of a transaction in one go: this is asked before nearly everything. */
export function createFlowOwners(pool: pg.Pool): FlowOwners {
  const ask = (name: string, text: string) => async (organisationId: string, id: string) => {
    const [owned] = await queryIn<OwnedFlow & { name: string }>(pool, organisationId, {
      name,
      text,
      values: [id],
    })
    return owned ?? null
  }
  return {
    ofFlow: ask('owner-of-flow', OF_FLOW),
    ofVersion: ask('owner-of-version', OF_VERSION),
    ofRun: ask('owner-of-run', OF_RUN),
  }
}
