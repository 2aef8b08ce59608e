import { z } from 'zod'

/** Where texts end up: on machines of the organisation, or with somebody else. */
export const DESTINATIONS = ['internal', 'external'] as const
export type Destination = (typeof DESTINATIONS)[number]

export interface ConnectionKindFacts {
  title: string
  summary: string
  /** What the address begins with, where there is a usual one. */
  address: string
  /** Words for what is kept secret; null where there is nothing. */
  key: { title: string; required: boolean } | null
  /** Models are reached by it. */
  models: boolean
  settings: z.ZodObject
}

const contextTokens = z.int().min(512).max(10_000_000).optional().meta({
  title: 'Context of its models, in tokens',
  description:
    'Longer prompts are refused instead of being cut. Leave it empty where the server refuses them itself.',
})

/** Every kind of connection, with what its form asks for. */
export const CONNECTION_KINDS = {
  'openai-compatible': {
    title: 'OpenAI-compatible server',
    summary: 'OpenAI, and servers that speak its API: llama.cpp, vLLM, LM Studio and many more.',
    address: 'https://api.openai.com/v1',
    key: { title: 'API key', required: false },
    models: true,
    settings: z.strictObject({ contextTokens }),
  },
  anthropic: {
    title: 'Anthropic',
    summary: 'Claude models.',
    address: 'https://api.anthropic.com',
    key: { title: 'API key', required: true },
    models: true,
    settings: z.strictObject({}),
  },
  google: {
    title: 'Google Gemini',
    summary: 'Gemini models by Google’s API.',
    address: 'https://generativelanguage.googleapis.com',
    key: { title: 'API key', required: true },
    models: true,
    settings: z.strictObject({}),
  },
  ollama: {
    title: 'Ollama',
    summary: 'Models on a machine of your own.',
    address: 'http://127.0.0.1:11434',
    key: null,
    models: true,
    settings: z.strictObject({
      keepAlive: z
        .string()
        .regex(/^(-1|\d+(s|m|h))$/, 'must be like 30m, 2h or -1')
        .optional()
        .meta({
          title: 'Keep models in memory for',
          description: 'Such as 30m or 2h; -1 for ever. Left empty, the server decides.',
        }),
    }),
  },
  n8n: {
    title: 'n8n',
    summary: 'Workflows of an n8n server.',
    address: 'https://',
    key: { title: 'API key', required: false },
    models: false,
    settings: z.strictObject({}),
  },
  langgraph: {
    title: 'LangGraph',
    summary: 'Agents on a LangGraph server.',
    address: 'https://',
    key: { title: 'API key', required: false },
    models: false,
    settings: z.strictObject({}),
  },
  http: {
    title: 'HTTP service',
    summary: 'Any other service that is asked over HTTP.',
    address: 'https://',
    key: { title: 'Token', required: false },
    models: false,
    settings: z.strictObject({
      header: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,100}$/, 'must be the name of a header')
        .default('Authorization')
        .meta({ title: 'Header that the token is sent in' }),
      prefix: z
        .string()
        .max(50)
        .default('Bearer ')
        .meta({ title: 'What comes before the token', description: 'Usually “Bearer ”.' }),
    }),
  },
  smtp: {
    title: 'Mail server (SMTP)',
    summary: 'Sends mail.',
    address: 'smtp://',
    key: { title: 'Password', required: false },
    models: false,
    settings: z.strictObject({
      user: z.string().trim().max(200).optional().meta({ title: 'User name' }),
      from: z.email().max(200).meta({ title: 'Sender’s address' }),
    }),
  },
} as const satisfies Record<string, ConnectionKindFacts>

export type ConnectionKind = keyof typeof CONNECTION_KINDS
export const CONNECTION_KIND_NAMES = Object.keys(CONNECTION_KINDS) as ConnectionKind[]
export const kindOfConnection = (kind: ConnectionKind): ConnectionKindFacts => CONNECTION_KINDS[kind]

/** A connection as it is set up, without its secret. */
export interface ConnectionSettings {
  kind: ConnectionKind
  name: string
  baseUrl: string
  destination: Destination
  /** It may reach addresses of the organisation's own network and of this machine. */
  reachesPrivate: boolean
  /** Of the shape that its kind names. */
  settings: Record<string, z.core.util.JSONType>
}

/** By what the address says: a name that only a network of one's own knows, or an address of one. */
export function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$|\.$/g, '')
  if (/^(localhost|.*\.(local|localhost|internal|lan|home\.arpa))$/.test(name)) return true
  if (name.includes(':')) return /^(::1?$|f[cd]|fe[89ab]|::ffff:)/.test(name)
  if (!/^[\d.]+$/.test(name)) return !name.includes('.')
  return /^(127|10|0)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(
    name,
  )
}

/** Null for what is no address. */
export function hostOf(address: string): string | null {
  if (!URL.canParse(address)) return null
  return new URL(address).hostname
}

/** Where texts go, as long as nobody says otherwise. */
export const usualDestination = (address: string): Destination => {
  const host = hostOf(address)
  return host !== null && isPrivateHost(host) ? 'internal' : 'external'
}
