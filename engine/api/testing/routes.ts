/** Everything that answers from outside and whom it lets in. What is missing here fails `engine/api/routes.test.ts`. */
import type { AnyProcedure } from '@trpc/server'
import { AUTH_PATH } from '../auth/better-auth.ts'
import { DRAFTS_PATH } from '../drafts/socket.ts'
import { TRPC_PATH } from '../http/trpc-routes.ts'
import { CALLBACKS_PATH } from '../http/callback-routes.ts'
import { appRouter } from '../router.ts'
import { FORMS_PATH, HOOKS_PATH } from '../triggers/address.ts'
import type { Meta } from '../trpc.ts'

export type Admits = Meta['permission']

export interface Operation {
  /** As callers write it: `flows.get`, or method and path. */
  name: string
  kind: 'query' | 'mutation' | 'subscription' | 'request' | 'socket'
  admits: Admits
}

/** By name, from the router itself. */
export const PROCEDURES: (Operation & { inputs: unknown[] })[] = Object.entries(
  appRouter._def.procedures as unknown as Record<string, AnyProcedure>,
).map(([name, { _def }]) => ({
  name,
  kind: _def.type,
  admits: (_def.meta as Meta).permission,
  inputs: (_def as unknown as { inputs: unknown[] }).inputs,
}))

/** Requests beside tRPC, as Fastify lists them. HEAD goes with GET. */
export const REQUESTS: Record<string, Admits> = {
  'GET /': 'public',
  'GET /*': 'public',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  // The token in the address is the permission.
  [`POST ${CALLBACKS_PATH}/:token`]: 'public',
  [`POST ${AUTH_PATH}/sign-in/email`]: 'public',
  [`POST ${AUTH_PATH}/sign-out`]: 'public',
  // Both take the step of a sign-in that was begun; better-auth asks for its cookie.
  [`POST ${AUTH_PATH}/two-factor/verify-totp`]: 'public',
  [`POST ${AUTH_PATH}/two-factor/verify-backup-code`]: 'public',
  [`POST ${AUTH_PATH}/two-factor/enable`]: 'signed-in',
  [`POST ${AUTH_PATH}/two-factor/disable`]: 'signed-in',
  [`POST ${AUTH_PATH}/two-factor/generate-backup-codes`]: 'signed-in',
  [`GET ${AUTH_PATH}/sign-on/:provider/start`]: 'public',
  [`GET ${AUTH_PATH}/sign-on/:provider/callback`]: 'public',
  // Whoever knows the address of a webhook may deliver to it; the form says itself whether it asks who one is.
  [`POST ${HOOKS_PATH}/:path`]: 'public',
  [`GET ${HOOKS_PATH}/:path/calls/:call`]: 'public',
  [`GET /api${FORMS_PATH}/:path`]: 'public',
  [`POST /api${FORMS_PATH}/:path`]: 'public',
}

/** The paths under which Fastify hands requests on to the procedures. */
export const TRPC_ROUTE = `${TRPC_PATH}/:path`

export const SOCKETS: Record<string, Admits> = { [DRAFTS_PATH]: 'flow:read' }

const listed = (kind: Operation['kind'], routes: Record<string, Admits>): Operation[] =>
  Object.entries(routes).map(([name, admits]) => ({ name, kind, admits }))

export const OPERATIONS: Operation[] = [
  ...PROCEDURES,
  ...listed('request', REQUESTS),
  ...listed('socket', SOCKETS),
]
