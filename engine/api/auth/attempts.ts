/** How often somebody has tried, counted in the database: every API process sees the tries at all of them. */
import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type pg from 'pg'
import { PressroomError } from '#graph'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const SWEEP_EVERY = 500

export interface Limit {
  max: number
  windowMs: number
}

export const LIMITS = {
  /** That failed, of one client's address, whatever it tries to enter with. */
  entry: { max: 10, windowMs: MINUTE_MS },
  /** In a row for one e-mail address, wherever they come from; a sign-in that succeeds begins anew. */
  account: { max: 20, windowMs: 15 * MINUTE_MS },
  /** On the way to identity providers and back, of one client's address. */
  signOn: { max: 60, windowMs: MINUTE_MS },
  /** At links that nobody can guess, of one client's address: hashing a password is work. */
  link: { max: 30, windowMs: MINUTE_MS },
  /** Answers to forms without an account, of one client's address and of one form. */
  form: { max: 10, windowMs: 10 * MINUTE_MS },
  formTotal: { max: 300, windowMs: 60 * MINUTE_MS },
  /** At the setup code, wherever they come from. */
  setup: { max: 20, windowMs: 15 * MINUTE_MS },
  /** Of one person at their own password, once signed in. */
  password: { max: 10, windowMs: 15 * MINUTE_MS },
} as const satisfies Record<string, Limit>

export interface Attempts {
  /** Counts one more. Rejects with `limit.attempts`, which says how long to wait, when it is one too many. */
  take(kind: keyof typeof LIMITS, of: string): Promise<void>
  forget(kind: keyof typeof LIMITS, of: string): Promise<void>
  /** For whatever is tried from outside without being signed in. */
  takeEntry(address: string | null, kind?: 'entry' | 'signOn' | 'link' | 'form'): Promise<void>
  /** One that succeeded was no guess: it leaves room for the next of the same address. */
  giveBackEntry(address: string): Promise<void>
}

export function createAttempts(pool: pg.Pool): Attempts {
  let taken = 0
  const attempts: Attempts = {
    async take(kind, of) {
      const { max, windowMs } = LIMITS[kind]
      if (++taken % SWEEP_EVERY === 0) await sweep(pool)
      const { rows } = await pool.query<{ count: number; wait: number }>(COUNT, [keyOf(kind, of), windowMs])
      const [row] = rows
      if (row && row.count > max) throw tooMany(Math.ceil(row.wait))
    },
    async forget(kind, of) {
      await pool.query('DELETE FROM rate_limits WHERE key = $1', [keyOf(kind, of)])
    },
    takeEntry: (address, kind = 'entry') => attempts.take(kind, clientOf(address ?? '')),
    async giveBackEntry(address) {
      const key = keyOf('entry', clientOf(address))
      await pool.query('UPDATE rate_limits SET count = count - 1 WHERE key = $1 AND count > 0', [key])
    },
  }
  return attempts
}

/** A window begins with its first try (`last_request`) and ends after its time, by the clock of the database. */
const COUNT = `
  WITH clock AS (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now)
  INSERT INTO rate_limits AS r (key, count, last_request) SELECT $1, 1, now FROM clock
  ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN excluded.last_request - r.last_request >= $2::bigint THEN 1 ELSE r.count + 1 END,
    last_request = CASE WHEN excluded.last_request - r.last_request >= $2::bigint
      THEN excluded.last_request ELSE r.last_request END
  RETURNING count, (last_request + $2::bigint - (SELECT now FROM clock))::float8 AS wait`

const sweep = (pool: pg.Pool) =>
  pool.query(
    'DELETE FROM rate_limits WHERE last_request < (extract(epoch FROM clock_timestamp()) * 1000)::bigint - $1',
    [DAY_MS],
  )

/** Hashed, so that addresses of people who only mistyped are not kept. */
const keyOf = (kind: string, of: string): string =>
  `${kind}:${createHash('sha256').update(of).digest('base64url')}`

/** Whoever has one address of IPv6 has 2^64 of them. */
function clientOf(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  const last = tail === '' ? [] : tail.split(':')
  while (groups.length + last.length < 8) groups.push('0')
  return [...groups, ...last]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

function tooMany(retryAfterMs: number): PressroomError {
  const minutes = Math.ceil(retryAfterMs / MINUTE_MS)
  return new PressroomError({
    code: 'limit.attempts',
    message: 'There were too many attempts in a short time.',
    fix: `Wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, then try again.`,
    retryable: true,
    facts: { retryAfterMs },
  })
}
