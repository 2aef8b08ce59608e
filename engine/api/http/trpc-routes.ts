import { type CreateFastifyContextOptions, fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '#access'
import type { Identity } from '../auth/identity.ts'
import type { KeyUse } from '../auth/key-use.ts'
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
  keyUse: KeyUse
  closing: AbortSignal
}

/** By its request handler: its plugin would take every method, and multipart bodies that nothing here reads. */
export async function addTrpc(app: FastifyInstance, serving: Serving) {
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
    refuseStreams(scope, serving.identity)
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      async (_: FastifyRequest, body: string) => body,
    )
    scope.route<{ Params: { path: string } }>({
      method: ['GET', 'POST'],
      url: `${TRPC_PATH}/:path`,
      handler: (req, res) =>
        fastifyRequestHandler<AppRouter, FastifyRequest, FastifyReply>({
          req,
          res,
          path: req.params.path,
          router: appRouter,
          maxBatchSize: MAX_BATCH,
          // A query whose input is too long for an address may come as a POST.
          allowMethodOverride: true,
          createContext: () => contextFor({ req, res }, serving),
          onError({ error, path }) {
            const level = error.code === 'INTERNAL_SERVER_ERROR' ? 'error' : 'debug'
            req.log[level]({ err: error.cause ?? error, requestId: req.id, path }, 'procedure failed')
          },
        }),
    })
  })
}

async function contextFor(
  { req, res }: Pick<CreateFastifyContextOptions, 'req' | 'res'>,
  { deps, identity, drafts, keyUse, closing }: Serving,
): Promise<Context> {
  const headers = headersOf(req)
  let identified: Principal | null
  try {
    // Asked before the answer begins: later there is no place left for a cookie.
    identified = await whoAsks(headers, identity, res)
    refuseForeign(deps.publicUrl, originOf(req))
  } catch (error) {
    throw toTrpcError(error)
  }
  if (identified) keyUse.note(identified, req.ip)
  return {
    requestId: req.id,
    idempotencyKey: headers.get('idempotency-key'),
    from: req.ip,
    log: req.log,
    services: deps,
    drafts,
    identified,
    reidentify: () => identity.reidentify(headers),
    identity,
    account: () => identity.accountOf(headers),
    setup: { needed: () => identity.setupNeeded(), create: (owner) => identity.setUp(owner, req.ip) },
    closing,
  }
}

async function whoAsks(headers: Headers, identity: Identity, reply: FastifyReply): Promise<Principal | null> {
  const { principal, cookies } = await identity.identify(headers)
  for (const cookie of cookies) reply.header('set-cookie', cookie)
  return principal
}
