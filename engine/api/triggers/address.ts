import { createHash, randomBytes } from 'node:crypto'
import type { SecretPath } from '#access'
import type { TriggerSettings, TriggerSummary } from '#graph'

const RANDOM_BYTES = 24

export const HOOKS_PATH = '/hooks'
export const FORMS_PATH = '/forms'

export const hashOfPath = (path: string): string => createHash('sha256').update(path).digest('hex')

/** Null for what nobody calls from outside. */
export function newPath({ kind }: Pick<TriggerSettings, 'kind'>): SecretPath | null {
  if (kind !== 'webhook' && kind !== 'form') return null
  const path = randomBytes(RANDOM_BYTES).toString('base64url')
  return { path, hash: hashOfPath(path) }
}

/** The shape of standardwebhooks.com: what follows the prefix is the key in base64. */
export const newSigningSecret = (): string => `whsec_${randomBytes(RANDOM_BYTES).toString('base64')}`

/** With the whole path of its address, where that is `shown`. */
export function withPath({ path, ...trigger }: TriggerSummary, shown: boolean): TriggerSummary {
  const place = trigger.settings.kind === 'form' ? FORMS_PATH : HOOKS_PATH
  return { ...trigger, path: path !== null && shown ? `${place}/${path}` : null }
}
