import type pg from 'pg'
import type { Directory, FoundKey, Membership } from '#access'

/** Asks the `system_` functions, which see across organisations and answer nothing but these questions. */
export function createDirectory(pool: pg.Pool): Directory {
  return {
    async memberships(userId) {
      const { rows } = await pool.query<{ found: Membership }>({
        name: 'memberships',
        text: 'SELECT system_memberships($1) AS found',
        values: [userId],
      })
      return rows.map((row) => row.found)
    },
    async apiKey(tokenHash) {
      const { rows } = await pool.query<{ found: FoundKey | null }>({
        name: 'api_key',
        text: 'SELECT system_api_key($1) AS found',
        values: [tokenHash],
      })
      return rows[0]?.found ?? null
    },
    async invitation(tokenHash) {
      const { rows } = await pool.query<{ organisationId: string; id: string }>(
        'SELECT organisation_id AS "organisationId", id FROM system_invitation($1)',
        [tokenHash],
      )
      return rows[0] ?? null
    },
  }
}
