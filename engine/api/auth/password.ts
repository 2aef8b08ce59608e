import { argon2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)
const deriveOld: (password: string, salt: string, bytes: number, cost: object) => Promise<Buffer> =
  promisify(scrypt)

/** OWASP's choice for Argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456
const PASSES = 2
const PARALLELISM = 1
const SALT_BYTES = 16
const HASH_BYTES = 32

/** Argon2id in the usual text form, which says itself how it was made. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await argon2id(password, salt, {
    memory: MEMORY_KIB,
    passes: PASSES,
    parallelism: PARALLELISM,
  })
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${PARALLELISM}$${base64(salt)}$${base64(hash)}`
}

/** False as well for what is no hash of a kind that we ever made. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt, hash] =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([\w+/]+)\$([\w+/]+)$/.exec(stored) ?? []
  if (!salt || !hash) return verifyOld(password, stored)
  const wanted = Buffer.from(hash, 'base64')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const found = await argon2id(password, Buffer.from(salt, 'base64'), cost)
  return found.length === wanted.length && timingSafeEqual(found, wanted)
}

/** Whether a password that was right should be hashed anew. */
export const isOutdated = (stored: string): boolean =>
  !stored.startsWith(`$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${PARALLELISM}$`)

const OLD_COST = { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }

/** scrypt as better-auth makes it by itself; passwords were kept so before. */
async function verifyOld(password: string, stored: string): Promise<boolean> {
  const [, salt, hash] = /^([0-9a-f]{32}):([0-9a-f]{128})$/.exec(stored) ?? []
  if (!salt || !hash) return false
  const wanted = Buffer.from(hash, 'hex')
  return timingSafeEqual(await deriveOld(password.normalize('NFKC'), salt, wanted.length, OLD_COST), wanted)
}

interface Cost {
  memory: number
  passes: number
  parallelism: number
}

const argon2id = (password: string, nonce: Buffer, cost: Cost): Promise<Buffer> =>
  derive('argon2id', {
    message: Buffer.from(password.normalize('NFKC')),
    nonce,
    tagLength: HASH_BYTES,
    ...cost,
  })

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
