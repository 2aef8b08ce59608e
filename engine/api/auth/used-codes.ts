import { createHash } from 'node:crypto'
import type pg from 'pg'

/** Longer than any code of an authenticator app is taken for. */
const KEPT_MS = 10 * 60_000

/**
 * Whether this is the first time that the person uses this code: a code that somebody looked over their shoulder for,
 * or caught on its way, is worth nothing afterwards.
 */
export async function useOnce(pool: pg.Pool, userId: string, code: string): Promise<boolean> {
  const key = `totp:${createHash('sha256').update(`${userId} ${code}`).digest('base64url')}`
  const now = Date.now()
  await pool.query(`DELETE FROM rate_limits WHERE key = $1 AND last_request < $2`, [key, now - KEPT_MS])
  const { rowCount } = await pool.query(
    'INSERT INTO rate_limits (key, count, last_request) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING',
    [key, now],
  )
  return rowCount === 1
}
