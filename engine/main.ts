/** Wires everything; the only file that does. Run directly, it is the command line. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { createRedactor } from '#access'
import { type Readiness, createApi, createHealthServer, credentials, decidersOf, portIsFree } from '#api'
import {
  DEFAULT_OLLAMA_URL,
  SAMPLE_MODEL,
  createNoticeCourier,
  createConnector,
  createOllamaProvider,
  createOpenIdClient,
  createSampleProvider,
} from '#connectors'
import {
  INNER_NOTICE_RULES,
  ISSUER_RULES,
  NOTICE_RULES,
  PUBLIC_RULES,
  createCatalogResolver,
  createConnectedModels,
  createGateway,
  createHttpDoor,
  createPiiTools,
  createPrices,
  isLinkLocal,
  isPublic,
  modelStatus,
  trialHost,
} from '#gateway'
import { PressroomError } from '#graph'
import { createQueue, probeRedis } from '#queue'
import { createApprovals } from '#run/approvals.ts'
import { createCallbackTokens } from '#run/callback-tokens.ts'
import { createChildren } from '#run/children/children.ts'
import { createCallbacks } from '#run/callbacks.ts'
import { Committer } from '#run/committer.ts'
import type { At, Clock, Hint, ModelProvider } from '#run/interfaces.ts'
import { createJournal } from '#run/journal.ts'
import { createNotices } from '#run/notices/notices.ts'
import { Outage } from '#run/outage.ts'
import { RunCache } from '#run/run-cache.ts'
import { createRunControl } from '#run/run-control.ts'
import { createRunService } from '#run/run-service.ts'
import { createTriggers } from '#run/triggers/triggers.ts'
import { startWorker } from '#run/worker.ts'
import { createSandbox, openWays, probeWalls, runPlugin } from '#runtime'
import {
  DEFAULT_ORGANISATION,
  createKeyRotation,
  createKeyring,
  createSecretStore,
  openStore,
  probeDatabase,
  type StoreHandle,
} from '#store'
import { loadTemplates } from '../templates/index.ts'
import { diagnose } from './cli/diagnose.ts'
import type { Pressroom } from './cli/pressroom.ts'
import { main } from './cli/program.ts'
import { inTime, once, signalled } from './lifecycle.ts'
import { type Config, derivedKey, masterKey, readConfig } from './config.ts'

const STUDIO_DIR = join(import.meta.dirname, '..', 'dist', 'studio')
/** Steps at a time in one worker; most of their time is spent waiting for models. */
const CONCURRENCY = 16
/** Whatever their values, in whatever is logged. */
const SECRET_FIELDS = ['password', 'token', 'authorization', 'cookie', 'apiKey', 'secret'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
])
const EXIT_MS = 1_000

const clock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

interface WireOptions {
  level?: string
  /** Instead of those that are shipped. */
  providers?: ModelProvider[]
  /** Hears of every point that is come past (`run/points.ts`). */
  at?: At
}

/** Everything Pressroom is made of, opened when it is first asked for. */
export function wire(config: Config, options: WireOptions = {}): Pressroom {
  const { at = () => {} } = options
  const redactor = createRedactor()
  const log = pino(
    { level: options.level ?? 'warn', redact: SECRET_FIELDS, hooks: { streamWrite: redactor.text } },
    pino.destination(2),
  )
  const outage = new Outage(log, clock.now)
  const closers: (() => Promise<void>)[] = []
  /**
   * Known before it is open: what is still opening when another part fails is closed as well. A part that failed to
   * open has nothing to close, and whoever asked for it has the error.
   */
  const opening = <T extends { close(): Promise<void> }>(part: Promise<T>): Promise<T> => {
    closers.push(async () => (await part.catch(() => null))?.close())
    return part
  }

  async function pull(name: string, ...args: Parameters<Pressroom['models']['pull']>): Promise<void> {
    const provider = providers.find((candidate) => candidate.name === name)
    if (provider?.pull) return provider.pull(...args)
    throw new PressroomError({
      code: 'not_found.provider',
      message: `Models can't be downloaded into "${name}".`,
      fix: 'Choose a model server that can, such as ollama.',
    })
  }

  const store = once((mode: 'server' | 'join') =>
    opening(
      openStore({
        dataDir: config.dataDir,
        databaseUrl: config.databaseUrl,
        mode,
        onConnectionError: (error) => outage.met(error),
      }),
    ),
  )
  const sandbox = once(() => opening(createSandbox({ cacheDir: join(config.dataDir, 'cache') })))
  const ollama = createOllamaProvider({ baseUrl: config.ollamaHost ?? DEFAULT_OLLAMA_URL })
  closers.push(() => ollama.close())
  const keyring = () => createKeyring(masterKey(config), config.previousMasterKey)
  const providers = options.providers ?? [createSampleProvider(), ollama]
  const resolve = createCatalogResolver(providers, { ollamaConfigured: config.ollamaHost !== undefined })

  const connector = createConnector({
    mayReach: (address, reachesPrivate) => isPublic(address) || (reachesPrivate && !isLinkLocal(address)),
  })
  const connections = once((stores: StoreHandle) => {
    const secrets = createSecretStore(stores.withOrganisation, keyring(), redactor.know)
    const connected = createConnectedModels(stores.connections, secrets, connector)
    closers.push(() => connected.close())
    return { secrets, connected, prices: createPrices(stores.prices) }
  })

  const engine = once(async (mode: 'server' | 'join') => {
    // The slow parts of a start, side by side.
    const [stores, nodes, templates] = await Promise.all([store(mode), sandbox(), loadTemplates()])
    const { reader, flows, flowsToRun, catalogs, database } = stores
    const runs = outage.watch(stores.runs)
    const queue = await opening(
      createQueue({ postgresUrl: database.url, redisUrl: config.redisUrl, log, at }),
    )
    const told = outage.quiet(log)
    const committer = new Committer(runs, redactor.json, at)
    const cache = new RunCache(runs)
    const name = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
    const unseen = (error: unknown) => told.warn({ err: error }, 'text being written could not be shown')
    const journal = createJournal(runs, committer, cache, name, clock, unseen, at)
    // External models need a policy before they may be used; until there is one, nothing leaves the building.
    const settings = { allowExternal: () => false }
    const { connected, prices } = connections(stores)
    const gateway = createGateway({ providers, connected, prices, journal, settings, log })
    const callbackTokens = createCallbackTokens(
      derivedKey(masterKey(config), 'callbacks'),
      ...(config.previousMasterKey ? [derivedKey(config.previousMasterKey, 'callbacks')] : []),
    )
    const parts = {
      worker: name,
      concurrency: CONCURRENCY,
      store: runs,
      committer,
      cache,
      queue,
      gateway,
      clock,
      callbacks: callbackTokens,
      log: told,
      at,
    }
    const worker =
      config.role === 'api'
        ? null
        : await startWorker({ ...parts, sandbox: nodes, retention: stores.retention })
    if (worker) closers.push(() => worker.stop())

    const hint = (hints: Hint[]) => {
      // What a worker in this process takes at once needs no queue; the queue tells the others of the rest.
      if (worker) for (const one of hints) worker.executor.offer(one)
      else queue.add(hints).catch((error: unknown) => log.warn({ err: error }, 'the queue takes no hints'))
    }
    const runService = createRunService({
      flows,
      flowsToRun,
      catalogs,
      runs,
      committer,
      cache,
      manifests: nodes.manifests(),
      templates,
      resolveCatalog: resolve,
      hint,
      cancelled: (runId) => worker?.executor.abortRun(runId),
      now: Date.now,
      at,
    })
    const children = createChildren({
      store: stores.childRuns,
      runs: runService,
      reader,
      committer,
      cache,
      hint,
      clock,
      log: told,
      at,
    })
    committer.told = ({ organisationId, runId }, writes) => children.told(organisationId, runId, writes)
    if (worker) children.watch()
    closers.push(() => children.stop())
    const triggers = createTriggers({
      calls: stores.triggerCalls,
      runs: runService,
      reader,
      started: ({ organisationId, runId, flowId, triggerId }) =>
        stores.audit.append(
          {
            organisationId,
            actor: { kind: 'system', id: `trigger:${triggerId}`, name: 'Trigger' },
            from: null,
            requestId: null,
          },
          {
            action: 'runs.start',
            target: { kind: 'run', id: runId },
            outcome: 'done',
            after: { flow: flowId, trigger: triggerId },
          },
        ),
      clock,
      log,
    })
    closers.push(() => triggers.stop())
    const [inner, outer] = [createHttpDoor(INNER_NOTICE_RULES), createHttpDoor(NOTICE_RULES)]
    closers.push(
      () => inner.close(),
      () => outer.close(),
    )
    const courier = createNoticeCourier({ inner, outer, mayReach: INNER_NOTICE_RULES.mayReach })
    const notices = createNotices({
      outbox: stores.noticeOutbox,
      courier,
      secrets: createSecretStore(stores.withOrganisation, keyring(), redactor.know),
      deciders: (organisationId, runId) => decidersOf(stores, organisationId, runId),
      publicUrl: config.publicUrl,
      clock,
      log,
    })
    closers.push(() => notices.stop())
    return {
      organisationId: DEFAULT_ORGANISATION.id,
      reader,
      flows,
      runs: runService,
      callbacks: createCallbacks({ runs, committer, cache, hint }, callbackTokens),
      approvals: createApprovals(stores.approvals, { cache, hint }),
      triggers,
      notices,
      stores,
      templates,
      nodes,
    }
  })

  async function openServer() {
    const { runs, callbacks, approvals, triggers, notices, stores, templates, nodes } = await engine('server')
    triggers.watch()
    notices.watch()
    const readiness = async (): Promise<Readiness> => {
      const reached = await answers(stores.ping)
      const away = outage.current()
      const database = reached.ok && away ? { ok: false, message: `${away.message} ${away.fix}` } : reached
      return { ready: database.ok, checks: { database } }
    }
    if (config.role === 'worker') return opening(createHealthServer({ readiness, redactor, log }))
    const catalogs = {
      catalog: async (organisationId: string) => resolve(await stores.catalogs.catalog(organisationId)),
    }
    const issuers = createHttpDoor(ISSUER_RULES)
    closers.push(() => issuers.close())
    return opening(
      createApi({
        stores: { ...stores, catalogs },
        manifests: nodes.manifests(),
        templates,
        runService: runs,
        callbacks,
        approvals,
        triggers,
        models: { status: () => modelStatus(providers), pull },
        authPool: stores.authPool,
        directory: stores.directory,
        ...connections(stores),
        connector,
        redactor,
        openId: createOpenIdClient(issuers),
        audit: stores.audit,
        accessChanges: stores.accessChanges,
        secret: derivedKey(masterKey(config), 'sessions'),
        studioDir: STUDIO_DIR,
        publicUrl: config.publicUrl,
        trustedProxies: config.trustedProxies,
        readiness,
        log,
      }),
    )
  }

  return {
    config,
    async openStore() {
      const { reader } = await store('join')
      return { organisationId: DEFAULT_ORGANISATION.id, reader }
    },
    async openControl() {
      const { reader, runs } = await store('join')
      const committer = new Committer(runs, redactor.json)
      // Workers ask the database for what is ready and what was cancelled.
      const told = { hint: () => {}, cancelled: () => {} }
      const control = createRunControl({ runs, committer, cache: new RunCache(runs), ...told })
      return { organisationId: DEFAULT_ORGANISATION.id, reader, control }
    },
    async openAdministration() {
      const stores = await store('join')
      const keyRotation = createKeyRotation(stores.withOrganisation, keyring())
      const firstSetupCode = () => credentials.setupCode(stores.authPool)
      return { ...stores, ...credentials, keyRotation, firstSetupCode }
    },
    openEngine: () => engine('join'),
    async serve(takeSignals) {
      const stop = signalled(takeSignals)
      const server = await openServer()
      const address = await server.listen(config.host, config.port)
      warnOfKeyFile(config)
      if (config.role !== 'worker') await tellSetupCode((await store('server')).authPool)
      process.stderr.write(`\nPressroom is ready: ${address}\n`)
      await stop
      process.stderr.write('Stopping…\n')
    },
    diagnose: () =>
      diagnose(config, {
        database: probeDatabase,
        redis: probeRedis,
        portIsFree,
        models: () => modelStatus(providers),
        sandbox: async () => {
          const probed = await probeWalls(join(config.dataDir, 'cache'))
          return { walls: { ...probed.walls }, open: openWays(probed) }
        },
        found: () => connector.discover(),
        studioDir: STUDIO_DIR,
      }),
    plugins: {
      async run(trial) {
        const door = createHttpDoor(PUBLIC_RULES)
        closers.push(() => door.close())
        const host = trialHost(createSampleProvider(), SAMPLE_MODEL, door)
        return runPlugin({ ...trial, host }, join(config.dataDir, 'cache'))
      },
    },
    models: { status: () => modelStatus(providers), pull: (...args) => pull('ollama', ...args) },
    pii: {
      tools: createPiiTools(() => ({
        vault: derivedKey(masterKey(config), 'pii vault'),
        pseudonyms: derivedKey(masterKey(config), 'pseudonyms'),
      })),
      vaultFile: join(config.dataDir, 'pii.vault'),
    },
    async close() {
      // The last one opened stands on those before it.
      for (const close of closers.splice(0).toReversed()) {
        await inTime(close()).catch((error: unknown) =>
          log.error({ err: error }, 'a part did not close cleanly'),
        )
      }
    },
  }
}

/** On the console, where only whoever runs the server sees it; said before the line that it is ready. */
async function tellSetupCode(pool: StoreHandle['authPool']): Promise<void> {
  const code = await credentials.setupCode(pool)
  if (code !== null) process.stderr.write(`\nTo set Pressroom up, open it and enter this code: ${code}\n`)
}

function warnOfKeyFile({ masterKey: given, dataDir }: Config): void {
  if (given !== undefined) return
  process.stderr.write(
    `\nWarning: the master key was generated and lies in ${join(dataDir, 'master.key')}. Stored secrets can’t be ` +
      'opened without it: keep a copy apart from the data, or set PRESSROOM_MASTER_KEY.\n',
  )
}

async function answers(ask: () => Promise<unknown>): Promise<{ ok: boolean; message: string }> {
  try {
    await ask()
    return { ok: true, message: 'answers' }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

if (import.meta.main) {
  const started = process.argv[2] === 'start'
  process.exitCode = await main(process.argv.slice(2), () =>
    wire(readConfig(process.env), { level: started ? 'info' : 'warn' }),
  )
  // What a part that did not close has left behind must not keep the process.
  setTimeout(() => process.exit(), EXIT_MS).unref()
}
