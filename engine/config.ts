import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { PressroomError, check } from '#graph'

const url = (protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  })

/** Ollama itself takes `host:port`, a bare host or a URL here; so do we. */
const ollamaHost = z.string().transform((text, context) => {
  const full = text.includes('://') ? text : `http://${text}`
  if (!URL.canParse(full) || !/^https?:$/.test(new URL(full).protocol)) {
    context.addIssue({
      code: 'custom',
      message: 'must be a URL or host:port, such as http://127.0.0.1:11434',
    })
    return z.NEVER
  }
  const parsed = new URL(full)
  if (parsed.port === '' && !text.includes('://')) parsed.port = '11434'
  return parsed.origin
})

const MIN_KEY_CHARACTERS = 32
const keyText = z.string().min(MIN_KEY_CHARACTERS, `must have ${MIN_KEY_CHARACTERS} characters or more`)

const whole = (text: string) => (/^\d+$/.test(text) ? Number(text) : Number.NaN)

/** Every setting comes from the environment; `.env.example` documents each. An empty value counts as unset. */
const environmentSchema = z.object({
  PORT: z
    .string()
    .default('3000')
    .transform(whole)
    .pipe(z.number('must be a whole number').int().min(0).max(65_535)),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z
    .string()
    .default('.data')
    .transform((path) => resolve(path)),
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  REDIS_URL: url(['redis:', 'rediss:']).optional(),
  ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  OLLAMA_HOST: ollamaHost.optional(),
  PRESSROOM_MASTER_KEY: keyText.optional(),
  PRESSROOM_MASTER_KEY_PREVIOUS: keyText.optional(),
  PUBLIC_URL: url(['http:', 'https:']).optional(),
  TRUSTED_PROXIES: z.string().optional(),
})

export interface Config {
  port: number
  host: string
  dataDir: string
  databaseUrl: string | undefined
  redisUrl: string | undefined
  role: 'all' | 'api' | 'worker'
  ollamaHost: string | undefined
  masterKey: string | undefined
  /** In use before, until its keys are wrapped anew. */
  previousMasterKey: string | undefined
  publicUrl: string
  /** Addresses, networks or the word `loopback`: what these say of where a request comes from is believed. */
  trustedProxies: string[]
}

/** @throws PressroomError `config.invalid` that names every faulty variable. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const { value, findings } = check(environmentSchema, given, { code: 'config.invalid' })
  if (!value) {
    throw new PressroomError({
      code: 'config.invalid',
      message: `The environment can't be used: ${findings.map((fault) => `${fault.path} ${fault.message}`).join('; ')}.`,
      fix: 'Correct these variables; .env.example says what each may hold.',
      facts: { findings },
    })
  }
  if (value.ROLE !== 'all' && !value.DATABASE_URL) {
    throw new PressroomError({
      code: 'config.invalid',
      message: `ROLE=${value.ROLE} needs a DATABASE_URL: the embedded Postgres serves one process only.`,
      fix: 'Set DATABASE_URL to a Postgres that every process reaches, or leave ROLE out.',
    })
  }
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir: value.DATA_DIR,
    databaseUrl: value.DATABASE_URL,
    redisUrl: value.REDIS_URL,
    role: value.ROLE,
    ollamaHost: value.OLLAMA_HOST,
    masterKey: value.PRESSROOM_MASTER_KEY,
    previousMasterKey: value.PRESSROOM_MASTER_KEY_PREVIOUS,
    publicUrl: value.PUBLIC_URL ?? `http://localhost:${value.PORT}`,
    trustedProxies: trustedProxies(value),
  }
}

/** A server that only this machine reaches, under a public address, has its proxy on this machine. */
function trustedProxies(value: z.infer<typeof environmentSchema>): string[] {
  const named = value.TRUSTED_PROXIES
  if (named !== undefined)
    return named
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  return value.PUBLIC_URL && /^(localhost|127\.|::1$)/.test(value.HOST) ? ['loopback'] : []
}

/** The master key: from the environment, else from a file that only its owner can read, made on first start. */
export function masterKey(config: Config): string {
  if (config.masterKey) return config.masterKey
  const file = join(config.dataDir, 'master.key')
  if (!existsSync(file)) makeKeyFile(file)
  const key = readFileSync(file, 'utf8').trim()
  if (key.length >= MIN_KEY_CHARACTERS) return key
  throw new PressroomError({
    code: 'config.master_key',
    message: `${file} holds no whole master key.`,
    fix: 'Put the key back from your copy; without one, delete the file: everybody then has to sign in again, and stored secrets are lost.',
  })
}

/** Linked into place when it is whole, so that neither a crash nor a second process can leave half a key. */
function makeKeyFile(file: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true })
  try {
    linkSync(draft, file)
  } catch (error) {
    // Another process of the same start was quicker; its key is the one.
    if (!existsSync(file)) throw error
  } finally {
    rmSync(draft)
  }
}

/** A key for one purpose, so that no two uses share one. */
export function derivedKey(master: string, purpose: string): string {
  return createHmac('sha256', master).update(purpose).digest('base64url')
}
