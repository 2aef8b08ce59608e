import {
  CONNECTION_KIND_NAMES,
  type ConnectionKind,
  type Destination,
  hostOf,
  isPrivateHost,
  kindOfConnection,
  usualDestination,
} from '#graph'
import type { Outputs } from '../../app/api.ts'

type Connection = Outputs['connections']['list'][number]

/** What a form of a new connection begins with. */
export interface Start {
  kind?: ConnectionKind
  name?: string
  baseUrl?: string
}

/** From the address of the page; null where it asks for none. */
export function startOf(query: Record<string, unknown>): Start | null {
  const kind = CONNECTION_KIND_NAMES.find((name) => name === query['kind'])
  if (!kind || typeof query['name'] !== 'string' || typeof query['address'] !== 'string') return null
  return { kind, name: query['name'], baseUrl: query['address'] }
}

export interface Answers {
  kind: ConnectionKind
  name: string
  baseUrl: string
  /** Null: by its address. */
  destination: Destination | null
  reachesPrivate: boolean
  settings: Connection['settings']
  key: string
  /** A stored secret in place of a key; empty for none. */
  secretId: string
}

export function answersFor(connection: Connection | null, start: Start): Answers {
  if (connection) {
    const { kind, name, baseUrl, destination, reachesPrivate, settings, secret } = connection
    return {
      kind,
      name,
      baseUrl,
      destination: destination === usualDestination(baseUrl) ? null : destination,
      reachesPrivate,
      settings: { ...settings },
      key: '',
      secretId: secret?.id ?? '',
    }
  }
  const kind = start.kind ?? 'openai-compatible'
  const baseUrl = start.baseUrl ?? kindOfConnection(kind).address
  return {
    kind,
    name: start.name ?? '',
    baseUrl,
    destination: null,
    reachesPrivate: start.baseUrl !== undefined && isPrivate(baseUrl),
    settings: {},
    key: '',
    secretId: '',
  }
}

export function isPrivate(address: string): boolean {
  const host = hostOf(address.trim())
  return host !== null && host !== '' && isPrivateHost(host)
}

/** As the server takes it. What was left empty is left out. */
export function requestFrom(answers: Answers, had: string | null) {
  const { name, destination, reachesPrivate, key, secretId } = answers
  const baseUrl = answers.baseUrl.trim()
  const settings = Object.entries(answers.settings).filter(([, value]) => value !== '' && value !== null)
  return {
    name: name.trim(),
    baseUrl,
    destination: destination ?? usualDestination(baseUrl),
    reachesPrivate,
    settings: Object.fromEntries(settings),
    ...(key === '' ? {} : { key }),
    ...(key === '' && (had ?? '') !== secretId ? { secretId: secretId === '' ? null : secretId } : {}),
  }
}
