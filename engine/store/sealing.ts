/**
 * Job: envelope encryption. A data key per organisation and version, wrapped by the master key, seals that
 * organisation's secrets. Boundary: bytes in, bytes out; rows and transactions are `secret-store.ts`.
 *
 * S1 What is sealed says in its additional data whose it is (organisation, id, key version): moved to another row, it
 *    does not open.
 * S2 The master key itself seals nothing; only keys derived from it for this one purpose wrap data keys.
 * S3 A wrapped key says by which master key (a fingerprint that tells nothing of it), so that a wrong one is told
 *    apart from damage.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { PressroomError } from '#graph'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

export interface WrappedKey {
  wrapped: Buffer
  wrappedBy: string
}

export interface Keyring {
  /** Fingerprint of the present master key. */
  current: string
  newDataKey(label: string): WrappedKey & { key: Buffer }
  /** @throws PressroomError `secret.master_key` where none of the master keys fits. */
  unwrap(row: WrappedKey, label: string): Buffer
  /** The same data key under the present master key. */
  rewrap(row: WrappedKey, label: string): WrappedKey
}

/** `previous`: a master key that was in use before, as long as keys wrapped by it are left. */
export function createKeyring(master: string, previous: string | undefined): Keyring {
  const wrappers = [master, ...(previous ? [previous] : [])].map((key) => ({
    key: derive(key, 'wrap data keys'),
    fingerprint: derive(key, 'fingerprint').toString('hex').slice(0, 16),
  }))
  const [present] = wrappers
  if (!present) throw new Error('a keyring has a master key')

  const wrap = (key: Buffer, label: string): WrappedKey => ({
    wrapped: seal(present.key, key, label),
    wrappedBy: present.fingerprint,
  })
  function unwrap({ wrapped, wrappedBy }: WrappedKey, label: string): Buffer {
    const wrapper = wrappers.find(({ fingerprint }) => fingerprint === wrappedBy)
    if (!wrapper) throw wrongMasterKey(wrappedBy, present?.fingerprint ?? '')
    return open(wrapper.key, wrapped, label)
  }
  return {
    current: present.fingerprint,
    newDataKey(label) {
      const key = randomBytes(KEY_BYTES)
      return { ...wrap(key, label), key }
    },
    unwrap,
    rewrap: (row, label) => wrap(unwrap(row, label), label),
  }
}

/** AES-256-GCM: nonce, ciphertext and tag in one. */
export function seal(key: Buffer, plain: Buffer, label: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** @throws PressroomError `secret.unreadable` where the bytes or the label are not those that were sealed. */
export function open(key: Buffer, sealed: Uint8Array, label: string): Buffer {
  const bytes = Buffer.from(sealed)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw unreadable(cause)
  }
}

const derive = (master: string, purpose: string): Buffer =>
  createHmac('sha256', master).update(`pressroom secrets: ${purpose}`).digest()

function unreadable(cause: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'secret.unreadable',
      message: 'A stored secret can’t be opened: its bytes are not those that were stored.',
      fix: 'Enter the secret again; if several are affected, restore the database from a backup.',
    },
    cause,
  )
}

function wrongMasterKey(wrappedBy: string, present: string): PressroomError {
  return new PressroomError({
    code: 'secret.master_key',
    message: 'The stored secrets were sealed under another master key than the present one.',
    fix: 'Set PRESSROOM_MASTER_KEY (or master.key in the data folder) back, or name the old one in PRESSROOM_MASTER_KEY_PREVIOUS and run: npm run pressroom -- secrets rewrap',
    facts: { wrappedBy, present },
  })
}
