import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { PressroomError } from '#graph'
import { hashPassword } from './password.ts'
import type { Owner } from './session.ts'
import { setupNeeded, spendSetupCode } from './setup-code.ts'

export const DEFAULT_ORGANISATION = 'default'

/** Only one first run at a time, whichever process it reaches. */
const LOCK = 7_307_001

/**
 * Makes the owner of a fresh installation, as better-auth would have made them, in one transaction. Refused with
 * `conflict.already_set_up` as soon as there is a user, however many ask at once, and with `input.setup_code` for a
 * code that is not the one on the console.
 */
export async function setUp(pool: pg.Pool, owner: Owner): Promise<void> {
  if (!(await setupNeeded(pool))) throw alreadySetUp()
  const password = await hashPassword(owner.password)
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    if (!(await setupNeeded(client))) throw alreadySetUp()
    await spendSetupCode(client, owner.code)
    await insertOwner(client, owner, password)
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    const lost = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    )
    client.release(lost)
    throw error
  }
}

async function insertOwner(client: pg.PoolClient, owner: Owner, password: string): Promise<void> {
  const userId = randomUUID()
  await client.query('INSERT INTO users (id, name, email) VALUES ($1, $2, $3)', [
    userId,
    owner.name,
    owner.email.toLowerCase(),
  ])
  await client.query(
    `INSERT INTO accounts (id, user_id, account_id, provider_id, password) VALUES ($1, $2, $2, 'credential', $3)`,
    [randomUUID(), userId, password],
  )
  await client.query(`SELECT set_config('app.org_id', $1, true)`, [DEFAULT_ORGANISATION])
  await client.query(
    `INSERT INTO organisations (id, name, slug) VALUES ($1, $2, $1) ON CONFLICT (id) DO UPDATE SET name = excluded.name`,
    [DEFAULT_ORGANISATION, owner.organisation],
  )
  await client.query(
    `INSERT INTO members (id, organisation_id, user_id, role) VALUES ($1, $2, $3, 'owner')`,
    [randomUUID(), DEFAULT_ORGANISATION, userId],
  )
}

function alreadySetUp(): PressroomError {
  return new PressroomError({
    code: 'conflict.already_set_up',
    message: 'Pressroom has an owner already.',
    fix: 'Sign in, or ask the owner for an account.',
  })
}
