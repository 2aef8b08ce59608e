/**
 * The role that the application connects as. It can't bypass row-level security, so it is the second wall between
 * organisations. Its password is derived from that of DATABASE_URL: all processes that share the URL find the same.
 */
import { createHmac } from 'node:crypto'
import pg from 'pg'
import { PressroomError } from '#graph'

export const APP_ROLE = 'pressroom_app'

/** Null where the administrator's URL has no password: the server trusts by other means, or does not. */
function appPassword(adminUrl: URL): string | null {
  const inQuery = adminUrl.searchParams.get('password')
  const secret = decodeURIComponent(adminUrl.password) || inQuery || process.env['PGPASSWORD']
  return secret ? createHmac('sha256', secret).update(APP_ROLE).digest('base64url') : null
}

export function appUrl(adminUrl: string): string {
  const url = new URL(adminUrl)
  const password = appPassword(url)
  if (url.host === '') {
    // "postgres:///name?host=/socket": such a URL can name its user in the query only.
    url.searchParams.set('user', APP_ROLE)
    if (password) url.searchParams.set('password', password)
  } else {
    url.username = APP_ROLE
    url.password = password ?? ''
  }
  return url.href
}

/** Makes sure that the application's role can log in, keep a queue of its own, and bypass nothing. */
export async function letAppRoleIn(admin: pg.Client, adminUrl: string): Promise<void> {
  await refuseIfAlmighty(admin)
  await grantQueueSchema(admin)
  const refusal = await loginRefusal(adminUrl)
  if (!refusal) return
  const password = appPassword(new URL(adminUrl))
  if (password === null || !isWrongPassword(refusal)) throw noLogin(refusal)
  // Roles belong to the whole server: a start on another database of it may be setting the same password right now.
  const failure = await setPassword(admin, password)
  const second = await loginRefusal(adminUrl)
  if (second) throw noLogin(failure ?? second)
}

const isWrongPassword = (error: unknown) =>
  error instanceof pg.DatabaseError && error.code?.startsWith('28') === true

async function setPassword(admin: pg.Client, password: string): Promise<unknown> {
  try {
    await admin.query(`ALTER ROLE "${APP_ROLE}" LOGIN PASSWORD ${pg.escapeLiteral(password)}`)
    return null
  } catch (error) {
    return error
  }
}

async function loginRefusal(adminUrl: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: appUrl(adminUrl) })
  try {
    await client.connect()
    return null
  } catch (error) {
    return error
  } finally {
    await client.end()
  }
}

async function refuseIfAlmighty(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ owns: boolean; bypasses: boolean }>(
    `SELECT rolsuper OR rolbypassrls OR pg_has_role(r.oid, 'pressroom_system', 'MEMBER') AS bypasses,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
               WHERE relowner = r.oid AND nspname = 'public') AS owns
     FROM pg_roles r WHERE rolname = $1`,
    [APP_ROLE],
  )
  if (!rows[0]?.bypasses && !rows[0]?.owns) return
  throw new PressroomError({
    code: 'database.role_too_powerful',
    message: `The role ${APP_ROLE} could get round row-level security, which keeps organisations apart.`,
    fix: `Run: ALTER ROLE ${APP_ROLE} NOSUPERUSER NOBYPASSRLS; and let another role own the tables.`,
    facts: { ...rows[0] },
  })
}

/** BullMQ makes its tables itself and asks for CREATE on the database even where its schema is there. */
async function grantQueueSchema(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ database: string; creates: boolean; exists: boolean }>(
    `SELECT current_database() AS database,
       has_database_privilege($1, current_database(), 'CREATE') AS creates,
       to_regnamespace('bullmq') IS NOT NULL AS exists`,
    [APP_ROLE],
  )
  const [facts] = rows
  if (!facts?.creates) {
    await admin.query(
      `GRANT CREATE ON DATABASE ${pg.escapeIdentifier(facts?.database ?? '')} TO "${APP_ROLE}"`,
    )
  }
  if (facts?.exists) return
  await admin.query(`CREATE SCHEMA IF NOT EXISTS "bullmq"`)
  await admin.query(`GRANT ALL ON SCHEMA "bullmq" TO "${APP_ROLE}"`)
}

function noLogin(cause: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'database.app_role_refused',
      message: `Postgres does not let the role ${APP_ROLE} in: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: `Give DATABASE_URL a user with a password who may alter ${APP_ROLE}, or allow ${APP_ROLE} in pg_hba.conf.`,
      facts: { role: APP_ROLE },
    },
    cause,
  )
}
