import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, LogController, type RouteOptions } from 'fastify'
import { createIdentity } from './auth/identity.ts'
import { createKeyUse } from './auth/key-use.ts'
import type { ApiDeps } from './deps.ts'
import { createLiveDrafts } from './drafts/live-drafts.ts'
import { addDraftSocket } from './drafts/socket.ts'
import { addAuthRoutes } from './http/auth-routes.ts'
import { addCallbacks } from './http/callback-routes.ts'
import { answerFailures } from './http/failures.ts'
import { addFormRoutes } from './http/form-routes.ts'
import { addHealth } from './http/health.ts'
import { addHookRoutes } from './http/hook-routes.ts'
import { listen } from './http/listen.ts'
import { isOwnOrigin } from './http/origin.ts'
import { addSecurityHeaders } from './http/security.ts'
import { addSignOnRoutes } from './http/sign-on-routes.ts'
import { serveStudio } from './http/studio.ts'
import { addTrpc } from './http/trpc-routes.ts'
import { sharingReads } from './runs/shared-reads.ts'

const BODY_BYTES = 2 * 1024 * 1024
/** A batch names all its procedures in its path. */
const MAX_PATH_PARAMETER = 2_000
/** A request has to arrive: its headers within this time, all of it within the next. What it answers may last. */
const HEADERS_MS = 15_000
const REQUEST_MS = 60_000
const IDLE_CHECK_MS = 50
/** Requests in flight have this long to finish when the server closes. */
const GRACE_MS = 8_000

export interface Api extends Listening {
  /** Every route that was added, in order. */
  routes: readonly RouteOptions[]
}

export interface Listening {
  app: FastifyInstance
  /** Resolves to the address that it listens on. */
  listen(host: string, port: number): Promise<string>
  /** Ends event streams, waits for requests in flight, closes the port. */
  close(): Promise<void>
}

export async function createApi(given: ApiDeps): Promise<Api> {
  const deps = { ...given, stores: { ...given.stores, reader: sharingReads(given.stores.reader) } }
  const { authPool: pool, directory, secret, publicUrl, log } = deps
  const identity = createIdentity({
    pool,
    directory,
    audit: deps.audit,
    secret,
    publicUrl,
    log,
    isOwnOrigin: (origin, host) => isOwnOrigin(publicUrl, origin, host),
  })
  const app: FastifyInstance = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: HEADERS_MS },
    trustProxy: deps.trustedProxies.length > 0 ? deps.trustedProxies : false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
  })
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async ({ id, method, url, routeOptions }, { statusCode, elapsedTime }) => {
    log.debug({ requestId: id, method, path: routeOptions.url ?? url, statusCode, elapsedTime }, 'answered')
  })
  // A form of another site can send it without asking; nothing here reads it.
  app.removeContentTypeParser('text/plain')
  answerFailures(app, deps.redactor)
  await addSecurityHeaders(app, publicUrl)
  addHealth(app, deps.readiness)
  await addAuthRoutes(app, identity, publicUrl)
  addSignOnRoutes(app, identity, deps)
  addCallbacks(app, deps.callbacks)
  addFormRoutes(app, identity, deps)
  await addHookRoutes(app, deps, closing.signal)
  const drafts = createLiveDrafts(deps.stores.drafts, deps.stores.owners, log)
  const keyUse = createKeyUse(deps.stores.keys, log)
  app.addHook('onClose', async () => void (await Promise.all([keyUse.settled(), identity.entries.settled()])))
  await addTrpc(app, { deps, identity, drafts, keyUse, closing: closing.signal })
  await serveStudio(app, deps.studioDir)
  addDraftSocket(app, drafts, { identity, keyUse, deps })
  await app.ready()
  return { app, routes, listen: (host, port) => listen(app, host, port), close: () => closeSoon(app) }
}

/** A connection that falls idle while the server closes would hold it up until its keep-alive time-out. */
async function closeSoon(app: FastifyInstance): Promise<void> {
  const closed = app.close()
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MS)
  const late = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
  try {
    await closed
  } finally {
    clearInterval(idle)
    clearTimeout(late)
  }
}
