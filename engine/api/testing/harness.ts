/** A whole API on a real database, in this process; only models are stand-ins. */
import pino from 'pino'
import { type Flow, PressroomError, agentChoice, defineNode, manifestOf, z } from '#graph'
import { Committer } from '#run/committer.ts'
import { RunCache } from '#run/run-cache.ts'
import { createRunService } from '#run/run-service.ts'
import { connectStore, type StoreHandle } from '../../store/open-store.ts'
import { testDatabase } from '../../store/testing/database.ts'
import { smallSeed } from '../../store/testing/fixtures.ts'
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

export const owner = {
  name: 'Ada',
  email: 'Ada@Example.org',
  password: 'a long password',
  organisation: 'Analytical Engines',
}

export interface Harness extends Api {
  store: StoreHandle
  /** Calls a procedure; the body as it came, with its status. */
  call(path: string, options?: CallOptions): Promise<{ status: number; body: unknown }>
  signIn(email?: string, password?: string): Promise<string>
}

interface CallOptions {
  method?: 'GET' | 'POST'
  input?: unknown
  cookie?: string
  headers?: Record<string, string>
}

export async function testApi(change: (deps: ApiDeps) => Partial<ApiDeps> = () => ({})): Promise<Harness> {
  const database = await testDatabase()
  const store = await connectStore(database.adminUrl, { seed: smallSeed })
  const { flows, drafts, catalogs, runs, reader } = store
  const templates = [template]
  const deps: ApiDeps = {
    stores: { flows, drafts, catalogs, reader },
    manifests,
    templates,
    runService: createRunService({
      flows,
      catalogs,
      runs,
      manifests,
      templates,
      committer: new Committer(runs),
      cache: new RunCache(runs),
      resolveCatalog: async (catalog) => catalog,
      hint: () => {},
      cancelled: () => {},
      now: () => Date.now(),
    }),
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
    secret: 'a secret of the tests, long enough for a cookie',
    studioDir: '/nowhere',
    readiness: async () => ({ ready: true, checks: {} }),
    publicUrl: 'http://localhost:3000',
    log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
  }
  const api = await createApi({ ...deps, ...change(deps) })
  return {
    ...api,
    store,
    async call(path, { method = 'GET', input, cookie, headers = {} } = {}) {
      const query =
        method === 'GET' && input !== undefined ? `?input=${encodeURIComponent(JSON.stringify(input))}` : ''
      const response = await api.app.inject({
        method,
        url: `/trpc/${path}${query}`,
        headers: { ...headers, ...(cookie ? { cookie } : {}) },
        ...(method === 'POST' ? { payload: input ?? {} } : {}),
      })
      const events = String(response.headers['content-type']).startsWith('text/event-stream')
      return { status: response.statusCode, body: events ? response.body : response.json() }
    },
    async signIn(email = owner.email, password = owner.password) {
      const url = '/api/auth/sign-in/email'
      const response = await api.app.inject({ method: 'POST', url, payload: { email, password } })
      const [cookie] = response.cookies
      if (!cookie) throw new Error(`no cookie: ${response.body}`)
      return `${cookie.name}=${encodeURIComponent(cookie.value)}`
    },
    async close() {
      await api.close()
      await store.close()
      await database.close()
    },
  }
}
