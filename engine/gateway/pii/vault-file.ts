import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { PressroomError, z } from '#graph'
import { Vault } from './pseudonyms/vault.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const LABEL = Buffer.from('pressroom pii vault 1')
const contents = z.array(z.object({ type: z.string(), original: z.string(), pseudonym: z.string() }))

const cipherKey = (key: string) => createHash('sha256').update(key).digest()

/** @throws PressroomError `config.vault` where the file was sealed under another key or is damaged. */
export function readVault(file: string, key: string): Vault {
  if (!existsSync(file)) return new Vault()
  const bytes = readFileSync(file)
  try {
    const decipher = createDecipheriv('aes-256-gcm', cipherKey(key), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(LABEL).setAuthTag(bytes.subarray(-TAG_BYTES))
    const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    return new Vault(contents.parse(JSON.parse(plain.toString())) as Vault['entries'])
  } catch (cause) {
    throw new PressroomError(
      {
        code: 'config.vault',
        message: `${file} can’t be opened: it was made under another master key, or is damaged.`,
        fix: 'Use the DATA_DIR or PRESSROOM_MASTER_KEY that it was made with, or name another file with --vault.',
      },
      cause,
    )
  }
}

/** Whole or not at all: a crash leaves the file of before. */
export function writeVault(file: string, key: string, vault: Vault): void {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', cipherKey(key), nonce).setAAD(LABEL)
  const sealed = Buffer.concat([
    nonce,
    cipher.update(JSON.stringify(vault.entries)),
    cipher.final(),
    cipher.getAuthTag(),
  ])
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, sealed, { mode: 0o600, flush: true })
  renameSync(draft, file)
}
