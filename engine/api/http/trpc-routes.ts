import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Identity } from '../auth/identity.ts'
import type { Session } from '../auth/session.ts'
import type { Context } from '../context.ts'
import type { ApiDeps } from '../deps.ts'
import { toTrpcError } from '../errors.ts'
import { type AppRouter, appRouter } from '../router.ts'
import { headersOf, originOf } from './headers.ts'
import { refuseForeign } from './origin.ts'

export const TRPC_PATH = '/trpc'
const MAX_BATCH = 50

export async function addTrpc(app: FastifyInstance, deps: ApiDeps, identity: Identity, closing: AbortSignal) {
  await app.register(fastifyTRPCPlugin, {
    prefix: TRPC_PATH,
    trpcOptions: {
      router: appRouter,
      maxBatchSize: MAX_BATCH,
      createContext: ({ req, res }) => contextFor(req, res, deps, identity, closing),
      onError({ error, path, req }) {
        const level = error.code === 'INTERNAL_SERVER_ERROR' ? 'error' : 'debug'
        req.log[level]({ err: error.cause ?? error, requestId: req.id, path }, 'procedure failed')
      },
    },
  } satisfies FastifyTRPCPluginOptions<AppRouter>)
}

async function contextFor(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ApiDeps,
  identity: Identity,
  closing: AbortSignal,
): Promise<Context> {
  try {
    refuseForeign(deps.publicUrl, originOf(request))
  } catch (error) {
    throw toTrpcError(error)
  }
  const headers = headersOf(request)
  // Asked before the answer begins: later there is no place left for a cookie.
  const identified = headers.has('cookie') ? await signedIn(headers, identity, reply) : null
  reply.header('cache-control', 'no-store')
  return {
    requestId: request.id,
    log: request.log,
    services: deps,
    identified,
    reidentify: () => identity.reidentify(headers),
    setup: { needed: () => identity.setupNeeded(), create: (owner) => identity.setUp(owner) },
    closing,
  }
}

async function signedIn(headers: Headers, identity: Identity, reply: FastifyReply): Promise<Session | null> {
  const { session, cookies } = await identity.identify(headers)
  for (const cookie of cookies) reply.header('set-cookie', cookie)
  return session
}
