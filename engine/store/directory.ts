import type pg from 'pg'
import type { Directory, FoundKey, FoundSession, Membership } from '#access'

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
    async session(token) {
      const { rows } = await pool.query<{ found: FoundSession }>({
        name: 'session',
        text: SESSION,
        values: [token],
      })
      return rows[0]?.found ?? null
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

const SESSION = `
  SELECT jsonb_build_object(
    'id', s.id, 'organisationId', s.active_organization_id, 'expiresAt', s.expires_at,
    'user', jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email, 'twoFactor', u.two_factor_enabled),
    'memberships', (SELECT coalesce(jsonb_agg(m.found ORDER BY m.place), '[]')
      FROM system_memberships(u.id) WITH ORDINALITY AS m(found, place))) AS found
  FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token = $1 AND s.expires_at > clock_timestamp()`
