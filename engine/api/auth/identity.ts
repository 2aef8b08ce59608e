/** Who is asking: the one place that knows better-auth. */
import type pg from 'pg'
import { type AuthSettings, createBetterAuth } from './better-auth.ts'
import { setUp, setupNeeded } from './first-run.ts'
import type { Owner, Session } from './session.ts'

export interface Identity {
  /** Null without a valid session. `cookies`: what the answer must set, when the session was prolonged or has ended. */
  identify(headers: Headers): Promise<{ session: Session | null; cookies: string[] }>
  /** As `identify`, without prolonging the session. */
  reidentify(headers: Headers): Promise<Session | null>
  setupNeeded(): Promise<boolean>
  setUp(owner: Owner): Promise<void>
  /** Answers better-auth's own requests. */
  handle(request: Request): Promise<Response>
}

export function createIdentity(settings: AuthSettings): Identity {
  const auth = createBetterAuth(settings)
  const { pool } = settings
  return {
    async identify(headers) {
      const found = await auth.api.getSession({ headers, returnHeaders: true })
      const cookies = found.headers.getSetCookie()
      if (!found.response) return { session: null, cookies }
      const { user, session } = found.response
      return { session: await membership(pool, user, session.activeOrganizationId), cookies }
    },
    async reidentify(headers) {
      const found = await auth.api.getSession({ headers, query: { disableRefresh: true } })
      return found ? membership(pool, found.user, found.session.activeOrganizationId) : null
    },
    setupNeeded: () => setupNeeded(pool),
    setUp: (owner) => setUp(pool, owner, async (password) => (await auth.$context).password.hash(password)),
    handle: (request) => auth.handler(request),
  }
}

/** The organisation that the person chose, else the one they joined first; null for somebody who belongs to none. */
async function membership(
  pool: pg.Pool,
  { id, name, email }: Session['user'],
  chosen: string | null | undefined,
): Promise<Session | null> {
  const { rows } = await pool.query<{ organisationId: string; organisationName: string; role: string }>(
    `SELECT o.id AS "organisationId", o.name AS "organisationName", m.role
     FROM members m JOIN organisations o ON o.id = m.organisation_id
     WHERE m.user_id = $1 ORDER BY (o.id = $2) IS TRUE DESC, m.created_at, m.id LIMIT 1`,
    [id, chosen ?? null],
  )
  const [row] = rows
  if (!row) return null
  const organisation = { id: row.organisationId, name: row.organisationName }
  return { user: { id, name, email }, organisation, role: row.role }
}
