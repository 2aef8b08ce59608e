import type { AnyProcedure } from '@trpc/server'
import type { FastifyInstance } from 'fastify'
import type { Identity } from '../auth/identity.ts'
import { admitted, unauthenticated } from '../auth/admitted.ts'
import { appRouter } from '../router.ts'
import type { Meta } from '../trpc.ts'
import { headersOf } from './headers.ts'

/**
 * A stream that is refused says so inside the stream, with status 200, because an `EventSource` can read nothing else.
 * Whoever asks without being one (it always accepts `text/event-stream`) gets a plain 401 or 403 here.
 */
export function refuseStreams(scope: FastifyInstance, identity: Identity): void {
  const streams = new Map(
    Object.entries(appRouter._def.procedures as unknown as Record<string, AnyProcedure>),
  )
  scope.addHook<{ Params: { path?: string } }>('onRequest', async (request) => {
    const asked = streams.get(request.params.path ?? '')?._def
    if (asked?.type !== 'subscription' || request.headers.accept?.includes('text/event-stream')) return
    const { permission } = asked.meta as Meta
    if (permission === 'public') return
    const principal = await identity.reidentify(headersOf(request))
    if (permission !== 'signed-in') admitted(principal, permission)
    else if (!principal) throw unauthenticated()
  })
}
