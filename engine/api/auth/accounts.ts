/** People as such, whatever organisations they belong to: their passwords and sessions in better-auth's tables. */
import type pg from 'pg'
import { PressroomError } from '#graph'
import { hashPassword, isOutdated, verifyPassword } from './password.ts'

export interface Account {
  id: string
  name: string
  email: string
  twoFactor: boolean
  sessionId: string
}

export interface SessionSummary {
  id: string
  /** As the browser describes itself. */
  userAgent: string
  address: string
  startedAt: string
  lastSeenAt: string
  current: boolean
}

export interface Accounts {
  hasPassword(userId: string): Promise<boolean>
  /** Kept in the present form, if it is in an older one. */
  signedInWith(email: string, password: string): Promise<void>
  rename(userId: string, name: string): Promise<void>
  /** Ends every other session. Rejects with `auth.wrong_password`. */
  changePassword(account: { userId: string; sessionId: string }, old: string, password: string): Promise<void>
  /** The one seen last first. */
  sessions(userId: string, current: string): Promise<SessionSummary[]>
  /** False where the person has no such session. */
  endSession(userId: string, id: string): Promise<boolean>
  endOtherSessions(userId: string, current: string): Promise<number>
}

const PASSWORD = `provider_id = 'credential' AND password IS NOT NULL`

export function createAccounts(pool: pg.Pool): Accounts {
  async function passwordOf(userId: string): Promise<string | null> {
    const { rows } = await pool.query<{ password: string }>(
      `SELECT password FROM accounts WHERE user_id = $1 AND ${PASSWORD}`,
      [userId],
    )
    return rows[0]?.password ?? null
  }
  const keep = async (userId: string, before: string, password: string) =>
    pool.query(
      `UPDATE accounts SET password = $3, updated_at = now() WHERE user_id = $1 AND password = $2 AND ${PASSWORD}`,
      [userId, before, await hashPassword(password)],
    )

  const accounts: Accounts = {
    hasPassword: async (userId) => (await passwordOf(userId)) !== null,

    async signedInWith(email, password) {
      const { rows } = await pool.query<{ id: string }>('SELECT id FROM users WHERE email = $1', [email])
      const id = rows[0]?.id
      const stored = id === undefined ? null : await passwordOf(id)
      if (id !== undefined && stored !== null && isOutdated(stored)) await keep(id, stored, password)
    },

    async rename(userId, name) {
      await pool.query('UPDATE users SET name = $2, updated_at = now() WHERE id = $1', [userId, name])
    },

    async changePassword({ userId, sessionId }, old, password) {
      const stored = await passwordOf(userId)
      if (stored === null || !(await verifyPassword(old, stored))) throw wrongPassword()
      // Of two changes at once the second finds that its old password is no longer the one.
      const { rowCount } = await keep(userId, stored, password)
      if (rowCount === 0) throw wrongPassword()
      await accounts.endOtherSessions(userId, sessionId)
    },

    async sessions(userId, current) {
      const { rows } = await pool.query<Record<'id' | 'agent' | 'address', string> & Times>(
        `SELECT id, coalesce(user_agent, '') AS agent, coalesce(ip_address, '') AS address,
           created_at AS started, updated_at AS seen
         FROM sessions WHERE user_id = $1 AND expires_at > now() ORDER BY updated_at DESC, id`,
        [userId],
      )
      return rows.map(({ id, agent, address, started, seen }) => ({
        id,
        userAgent: agent,
        address,
        startedAt: started.toISOString(),
        lastSeenAt: seen.toISOString(),
        current: id === current,
      }))
    },

    async endSession(userId, id) {
      const { rowCount } = await pool.query('DELETE FROM sessions WHERE user_id = $1 AND id = $2', [
        userId,
        id,
      ])
      return rowCount === 1
    },

    async endOtherSessions(userId, current) {
      const { rowCount } = await pool.query('DELETE FROM sessions WHERE user_id = $1 AND id <> $2', [
        userId,
        current,
      ])
      return rowCount ?? 0
    },
  }
  return accounts
}

interface Times {
  started: Date
  seen: Date
}

const wrongPassword = () =>
  new PressroomError({
    code: 'auth.wrong_password',
    message: 'This is not your password.',
    fix: 'Type the password that you sign in with.',
  })
