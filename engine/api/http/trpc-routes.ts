import {
  type CreateFastifyContextOptions,
  type FastifyTRPCPluginOptions,
  fastifyTRPCPlugin,
} from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Identity } from '../auth/identity.ts'
import type { Session } from '../auth/session.ts'
import type { Context } from '../context.ts'
import type { ApiDeps } from '../deps.ts'
import type { LiveDrafts } from '../drafts/live-drafts.ts'
import { toTrpcError } from '../errors.ts'
import { type AppRouter, appRouter } from '../router.ts'
import { headersOf, originOf } from './headers.ts'
import { refuseForeign } from './origin.ts'
import { refuseStreams } from './refused-streams.ts'

export const TRPC_PATH = '/trpc'
const MAX_BATCH = 50

/** What one request is served with, whichever it is. */
interface Serving {
  deps: ApiDeps
  identity: Identity
  drafts: LiveDrafts
  closing: AbortSignal
}

export async function addTrpc(app: FastifyInstance, serving: Serving) {
  const options: FastifyTRPCPluginOptions<AppRouter> = {
    prefix: TRPC_PATH,
    trpcOptions: {
      router: appRouter,
      maxBatchSize: MAX_BATCH,
      // A query whose input is too long for an address may come as a POST.
      allowMethodOverride: true,
      createContext: ({ req, res }) => contextFor({ req, res }, serving),
      onError({ error, path, req }) {
        const level = error.code === 'INTERNAL_SERVER_ERROR' ? 'error' : 'debug'
        req.log[level]({ err: error.cause ?? error, requestId: req.id, path }, 'procedure failed')
      },
    },
  }
  await app.register(async (scope) => {
    refuseStreams(scope, serving.identity)
    await scope.register(fastifyTRPCPlugin, options)
  })
}

async function contextFor(
  { req, res }: Pick<CreateFastifyContextOptions, 'req' | 'res'>,
  { deps, identity, drafts, closing }: Serving,
): Promise<Context> {
  const headers = headersOf(req)
  // Asked before the answer begins: later there is no place left for a cookie.
  const identified = headers.has('cookie') ? await signedIn(headers, identity, res) : null
  try {
    refuseForeign(deps.publicUrl, originOf(req))
  } catch (error) {
    throw toTrpcError(error)
  }
  res.header('cache-control', 'no-store')
  return {
    requestId: req.id,
    log: req.log,
    services: deps,
    drafts,
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
