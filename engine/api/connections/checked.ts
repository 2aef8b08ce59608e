import { type Principal, type StoredConnection, may } from '#access'
import {
  type ConnectionKind,
  type ConnectionSettings,
  PressroomError,
  hostOf,
  isPrivateHost,
  kindOfConnection,
} from '#graph'
import { invalidInput } from '../errors.ts'

type Given = Omit<ConnectionSettings, 'kind'>

/** What was entered, as it makes sense for its kind. */
export function checked(kind: ConnectionKind, given: Given): ConnectionSettings {
  const protocols = kind === 'smtp' ? ['smtp:', 'smtps:'] : ['http:', 'https:']
  const url = URL.canParse(given.baseUrl) ? new URL(given.baseUrl) : null
  if (!url || url.hostname === '' || !protocols.includes(url.protocol)) {
    const example = kind === 'smtp' ? 'smtp://mail.example.org:587' : 'https://service.example.org'
    throw badAddress(
      'input.connection_address',
      `"${given.baseUrl}" is not an address for this.`,
      `Write it like ${example}.`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw badAddress(
      'input.connection_address',
      'The address holds a name or a password.',
      'Enter the key in its own field.',
    )
  }
  if (isPrivateHost(url.hostname) && !given.reachesPrivate) {
    throw badAddress(
      'input.connection_private',
      `${url.hostname} is an address of your own network or of this machine.`,
      'Tick “May reach addresses of our own network” if that is where its server is.',
    )
  }
  const settings = kindOfConnection(kind).settings.safeParse(given.settings)
  if (!settings.success) throw new PressroomError(invalidInput(settings.error))
  const { name, destination, reachesPrivate } = given
  const baseUrl = given.baseUrl.replace(/\/+$/, '')
  return {
    kind,
    name,
    baseUrl,
    destination,
    reachesPrivate,
    settings: settings.data as ConnectionSettings['settings'],
  }
}

export interface KeyWish {
  key?: string | undefined
  secretId?: string | null | undefined
}

/**
 * Nobody learns a secret by sending it to a server of their own: one that they did not enter goes to another place only
 * where they may replace secrets anyway.
 */
export function checkSecretUse(
  principal: Principal,
  before: Pick<StoredConnection, 'baseUrl' | 'secretId'> | null,
  baseUrl: string,
  { key, secretId }: KeyWish,
): void {
  if (key !== undefined || may(principal, 'secret:write')) return
  const kept = secretId === undefined ? (before?.secretId ?? null) : secretId
  if (kept === null) return
  if (kept === before?.secretId && hostOf(before.baseUrl) === hostOf(baseUrl)) return
  throw new PressroomError({
    code: 'auth.secret',
    message: 'A stored secret is sent to another address only by who may replace secrets.',
    fix: 'Enter the key again, or ask somebody who may store secrets.',
  })
}

/** A kind that can do nothing without a key has one. */
export function checkKey(kind: ConnectionKind, has: boolean): void {
  const { key } = kindOfConnection(kind)
  if (has || !key?.required) return
  throw new PressroomError({
    code: 'input.connection_key',
    message: `${key.title} is missing.`,
    fix: 'Enter it: this service answers nobody without one.',
  })
}

const badAddress = (code: string, message: string, fix: string) =>
  new PressroomError({ code, message, fix, facts: { field: 'baseUrl' } })
