/**
 * Whoever can read the server's console may make its first owner, and nobody else who happens to find the page first.
 * The code is made once, stands in the database until it is used, and is the same for all processes and restarts.
 */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import type pg from 'pg'
import { PressroomError } from '#graph'

const ROW = 'setup-code'
/** No letters or digits that look like others. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const GROUPS = 4
const GROUP_CHARACTERS = 4

type Queries = Pick<pg.Pool, 'query'>

/** As long as there is nobody. */
export async function setupNeeded(db: Queries): Promise<boolean> {
  const { rows } = await db.query<{ needed: boolean }>('SELECT NOT EXISTS (SELECT FROM users) AS needed')
  return rows[0]?.needed ?? false
}

/** Null once there is an owner. */
export async function setupCode(db: Queries): Promise<string | null> {
  if (!(await setupNeeded(db))) return null
  await db.query(
    `INSERT INTO verifications (id, identifier, value, expires_at) VALUES ($1, $1, $2, now() + interval '100 years')
     ON CONFLICT (id) DO NOTHING`,
    [ROW, newCode()],
  )
  return stored(db)
}

/** In the transaction that makes the owner: used once, it is gone. */
export async function spendSetupCode(db: Queries, given: string): Promise<void> {
  const wanted = await stored(db)
  if (wanted === null || !timingSafeEqual(digest(given), digest(wanted))) throw wrongCode()
  await db.query('DELETE FROM verifications WHERE id = $1', [ROW])
}

async function stored(db: Queries): Promise<string | null> {
  const { rows } = await db.query<{ value: string }>('SELECT value FROM verifications WHERE id = $1', [ROW])
  return rows[0]?.value ?? null
}

const newCode = () =>
  Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
  ).join('-')

/** However it was typed: without dashes, in small letters. */
const digest = (code: string) =>
  createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''))
    .digest()

const wrongCode = () =>
  new PressroomError({
    code: 'input.setup_code',
    message: 'This is not the setup code of this installation.',
    fix: 'Copy it from the console where Pressroom was started, or run: npm run pressroom -- setup-code.',
  })
