/** A whole API on a real database, in this process; only models are stand-ins. */
import pino from 'pino'
import { EVERYTHING, type Permission, createRedactor } from '#access'
import { type Flow, PressroomError, agentChoice, defineNode, manifestOf, z } from '#graph'
import { createApprovals } from '#run/approvals.ts'
import { createCallbackTokens } from '#run/callback-tokens.ts'
import { createCallbacks } from '#run/callbacks.ts'
import { Committer } from '#run/committer.ts'
import { RunCache } from '#run/run-cache.ts'
import { createRunService } from '#run/run-service.ts'
import { createTriggers } from '#run/triggers/triggers.ts'
import { createConnectedModels, createPrices } from '#gateway'
import { createConnector } from '../../connectors/connections/connector.ts'
import { createOpenIdClient } from '../../connectors/open-id.ts'
import { ISSUER_RULES, createHttpDoor } from '#gateway'
import { connectStore, type StoreHandle } from '../../store/open-store.ts'
import { createKeyring } from '../../store/sealing.ts'
import { createSecretStore } from '../../store/secret-store.ts'
import { testDatabase } from '../../store/testing/database.ts'
import { asAdmin } from '../../store/testing/server.ts'
import { smallSeed } from '../../store/testing/fixtures.ts'
import { newKey } from '../auth/key.ts'
import { hashPassword } from '../auth/password.ts'
import { type Api, type ApiDeps, type Template, createApi } from '../index.ts'

const run = () => ({})

const manifests = [
  defineNode({
    type: 'brief',
    version: 1,
    title: 'Brief',
    summary: 'The brief',
    category: 'input',
    icon: 'document',
    mode: 'all',
    config: z.object({ contentType: z.string() }),
    inputs: {},
    uses: [],
    examples: [],
    run,
    outputs: { brief: { type: 'brief', title: 'Brief' } },
  }),
  defineNode({
    type: 'writer',
    version: 1,
    title: 'Writers',
    summary: 'Write',
    category: 'agents',
    icon: 'create',
    mode: 'each',
    per: 'agents',
    config: z.object({ agents: z.array(agentChoice('writer')) }),
    run,
    inputs: { brief: { type: 'brief', title: 'Brief', required: true } },
    outputs: { drafts: { type: 'draft', title: 'Drafts' } },
    uses: ['model'],
    calls: [{ model: 'entry', max: 1 }],
    examples: [],
  }),
].map((node) => manifestOf(node))

const flow: Flow = {
  schemaVersion: 1,
  name: 'Zine',
  description: 'Two drafts',
  nodes: [
    { id: 'brief', type: 'brief', version: 1, position: { x: 0, y: 0 }, config: { contentType: 'zine' } },
    {
      id: 'write',
      type: 'writer',
      version: 1,
      position: { x: 1, y: 0 },
      config: { agents: ['witty', 'brief'].map((agent) => ({ agent, model: 'witty-sample' })) },
    },
  ],
  edges: [{ id: 'e', source: { node: 'brief', port: 'brief' }, target: { node: 'write', port: 'brief' } }],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
}

export const brief = {
  topic: 'Tea',
  audience: 'Cooks',
  goal: 'Sell',
  keyPoints: ['Fresh'],
  tone: 'casual' as const,
}

export const template: Template = {
  id: 'zine-swarm',
  name: 'Zine',
  summary: 'A zine',
  description: 'Two drafts of a zine',
  order: 1,
  contentType: 'zine',
  icon: 'book',
  flow,
  brief,
}

export const CALLBACK_TOKENS = createCallbackTokens('a key of the tests, long enough for a token')

export const owner = {
  code: 'TEST-CODE',
  name: 'Ada',
  email: 'Ada@Example.org',
  password: 'a long password',
  organisation: 'Analytical Engines',
}

export interface Harness extends Api {
  store: StoreHandle
  /** Calls a procedure; the body as it came, with its status. */
  call(path: string, options?: CallOptions): Promise<{ status: number; body: unknown }>
  /** What a procedure answers; fails the test where it refuses. */
  ask<T = unknown>(path: string, options?: CallOptions): Promise<T>
  /** Status and code with which a procedure refuses; fails the test where it answers. */
  refusal(path: string, options?: CallOptions): Promise<[status: number, code: string]>
  signIn(email?: string, password?: string): Promise<string>
  /** A new person of that role and their cookie. */
  person(who: { role: string; organisation?: string }): Promise<Person>
  /** A new key of a service account with that role; answers with the key itself. */
  key(of: { role: string; organisation?: string; flowIds?: string[] | null }): Promise<string>
  /** The id of a new role of the organisation's own. */
  role(of: { permissions: Permission[]; organisation?: string }): Promise<string>
  /** A new organisation with an owner of its own. */
  organisation(name: string): Promise<{ id: string; owner: Person }>
  /** As the owner of the tables, whom row-level security does not bind. */
  admin(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>
}

export interface Person {
  name: string
  email: string
  userId: string
  memberId: string
  cookie: string
}

interface CallOptions {
  method?: 'GET' | 'POST'
  input?: unknown
  cookie?: string
  key?: string
  headers?: Record<string, string>
}

interface Refusal {
  failure?: { code: string }
  error?: { data: { failure: { code: string } } }
}

export async function testApi(change: (deps: ApiDeps) => Partial<ApiDeps> = () => ({})): Promise<Harness> {
  const database = await testDatabase()
  const store = await connectStore(database.adminUrl, { seed: smallSeed })
  const { flows, flowsToRun, catalogs, runs } = store
  const templates = [template]
  const redactor = createRedactor()
  const issuers = createHttpDoor(ISSUER_RULES)
  const openId = createOpenIdClient(issuers)
  const committer = new Committer(runs)
  const cache = new RunCache(runs)
  const runService = createRunService({
    flows,
    flowsToRun,
    catalogs,
    runs,
    manifests,
    templates,
    committer,
    cache,
    resolveCatalog: async (catalog) => catalog,
    hint: () => {},
    cancelled: () => {},
    now: () => Date.now(),
  })
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
  const triggers = createTriggers({
    calls: store.triggerCalls,
    runs: runService,
    reader: store.reader,
    started: async () => {},
    clock: { now: () => 0, after: () => () => {} },
    log,
  })
  const secrets = createSecretStore(
    store.withOrganisation,
    createKeyring('a master key of the tests, long enough', undefined),
    redactor.know,
  )
  const connector = createConnector({ mayReach: (_address, reachesPrivate) => reachesPrivate })
  const connected = createConnectedModels(store.connections, secrets, connector)
  const deps: ApiDeps = {
    redactor,
    secrets,
    connector,
    connected,
    prices: createPrices(store.prices),
    runService,
    triggers,
    log,
    stores: store,
    manifests,
    templates,
    callbacks: createCallbacks({ runs, committer, cache, hint: () => {} }, CALLBACK_TOKENS),
    approvals: createApprovals(store.approvals, { cache, hint: () => {} }),
    models: {
      status: async () => [
        { provider: 'sample', local: true, reachable: true, models: [], message: 'Answers.', fix: null },
      ],
      pull: async (provider) => {
        throw new PressroomError({
          code: 'model.cannot_pull',
          message: `${provider} can't.`,
          fix: 'Use another.',
        })
      },
    },
    authPool: store.authPool,
    directory: store.directory,
    openId,
    audit: store.audit,
    accessChanges: store.accessChanges,
    secret: 'a secret of the tests, long enough for a cookie',
    studioDir: '/nowhere',
    readiness: async () => ({ ready: true, checks: {} }),
    publicUrl: 'http://localhost:3000',
    trustedProxies: [],
  }
  await store.authPool.query(SETUP_CODE, [owner.code])
  const api = await createApi({ ...deps, ...change(deps) })
  const system = { actor: { kind: 'system', id: 'test', name: 'Test' }, from: null, requestId: null } as const
  const maker = { ...EVERYTHING, keyId: null, flowIds: null, reaches: () => true }
  let people = 0
  let signIns = 0
  const harness: Harness = {
    ...api,
    store,
    async person({ role, organisation: organisationId = 'default' }) {
      const name = `${role} ${++people}`
      const email = `${name.replace(' ', '.')}@example.org`
      const person = {
        email,
        name,
        role,
        passwordHash: await (passwordHash ??= hashPassword(owner.password)),
      }
      const added = await store.people.add({ ...system, organisationId }, EVERYTHING, person)
      return { name, email, ...added, cookie: await harness.signIn(email) }
    },
    async key({ role, organisation: organisationId = 'default', flowIds = null }) {
      const acting = { ...system, organisationId }
      const name = `program ${++people}`
      const account = await store.serviceAccounts.create(acting, EVERYTHING, { name, role })
      const { key, ...token } = newKey()
      const holder = { serviceAccountId: account.id }
      await store.keys.create(acting, maker, {
        name,
        holder,
        token,
        permissions: null,
        flowIds,
        expiresAt: null,
      })
      return key
    },
    async role({ permissions, organisation: organisationId = 'default' }) {
      const role = { name: `role ${++people}`, summary: '', permissions }
      return (await store.roles.create({ ...system, organisationId }, EVERYTHING, role)).id
    },
    async organisation(name) {
      const { id } = await store.organisations.create(system, name)
      return { id, owner: await harness.person({ role: 'owner', organisation: id }) }
    },
    async call(path, { method = 'GET', input, cookie, key, headers = {} } = {}) {
      const query =
        method === 'GET' && input !== undefined ? `?input=${encodeURIComponent(JSON.stringify(input))}` : ''
      const response = await api.app.inject({
        method,
        url: `/trpc/${path}${query}`,
        headers: {
          ...headers,
          ...(cookie ? { cookie } : {}),
          ...(key ? { authorization: `Bearer ${key}` } : {}),
        },
        ...(method === 'POST' ? { payload: input ?? {} } : {}),
      })
      const events = String(response.headers['content-type']).startsWith('text/event-stream')
      return { status: response.statusCode, body: events ? response.body : response.json() }
    },
    async ask<T>(path: string, options?: CallOptions) {
      const { status, body } = await harness.call(path, options)
      if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
      return (body as { result: { data: T } }).result.data
    },
    async refusal(path, options) {
      const { status, body } = await harness.call(path, options)
      if (status === 200) throw new Error(`${path} answered ${JSON.stringify(body)}`)
      const { error, failure } = body as Refusal
      return [status, (failure ?? error?.data.failure)?.code ?? '']
    },
    async signIn(email = owner.email, password = owner.password) {
      const url = '/api/auth/sign-in/email'
      // Each from an address of their own: how often one may try is limited.
      const remoteAddress = `127.1.${signIns >> 8}.${signIns++ & 255}`
      const response = await api.app.inject({
        method: 'POST',
        url,
        remoteAddress,
        payload: { email, password },
      })
      const [cookie] = response.cookies
      if (!cookie) throw new Error(`no cookie: ${response.body}`)
      return `${cookie.name}=${encodeURIComponent(cookie.value)}`
    },
    admin: (sql, values) =>
      asAdmin(database.adminUrl, async (client) => (await client.query(sql, values)).rows),
    async close() {
      await api.close()
      await triggers.stop()
      await issuers.close()
      await connected.close()
      await store.close()
      await database.close()
    },
  }
  return harness
}

const SETUP_CODE = `INSERT INTO verifications (id, identifier, value, expires_at)
  VALUES ('setup-code', 'setup-code', $1, now() + interval '1 hour')`

/** Made once: it is slow on purpose. */
let passwordHash: Promise<string> | null = null
