/** Every procedure is made of one of the two exported here, so one without a permission can't be written by mistake. */
import { initTRPC } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { writeAudit } from './audit/write.ts'
import type { Context } from './context.ts'
import { failureFor, toTrpcError } from './errors.ts'
import type { Permission } from '#access'
import { admitted, refuseWithoutTwoFactor, unauthenticated } from './auth/admitted.ts'
import { withinReach } from './auth/within-reach.ts'

/** Below the idle time-out of common proxies. */
const PING_MS = 15_000
const CLIENT_GIVES_UP_MS = 40_000

export interface Meta {
  /** `public`: may be called by anybody; `signed-in`: by everybody who is somebody. */
  permission: Permission | 'public' | 'signed-in'
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    sse: {
      ping: { enabled: true, intervalMs: PING_MS },
      client: { reconnectAfterInactivityMs: CLIENT_GIVES_UP_MS },
    },
    errorFormatter({ shape, error, ctx }) {
      const known = failureFor(error, ctx?.requestId ?? null)
      const failure = ctx ? ctx.services.redactor.json(known) : known
      const { code, path } = shape.data
      const data = { code, path, httpStatus: getHTTPStatusCodeFromError(error), failure }
      return { message: failure.message, code: shape.code, data }
    },
  })

export const router = t.router

const procedure = t.procedure.use(async ({ ctx, type, path, getRawInput, next }) => {
  const result = await next()
  const told = result.ok ? result : { ...result, error: toTrpcError(result.error) }
  await writeAudit({ ctx, type, path, input: await getRawInput() }, told)
  if (!told.ok) throw told.error
  return result
})

export const publicProcedure = procedure.meta({ permission: 'public' })

/** What somebody can do who still has to set up their second factor. */
const WITHOUT_TWO_FACTOR = new Set([
  'session.get',
  'session.follow',
  'organisation.mine',
  'organisation.switch',
  'account.get',
])

export const protectedProcedure = (permission: Permission | 'signed-in') =>
  procedure.meta({ permission }).use(({ ctx, path, next }) => {
    const principal = permission === 'signed-in' ? ctx.identified : admitted(ctx.identified, permission)
    if (!principal) throw unauthenticated()
    if (!WITHOUT_TWO_FACTOR.has(path)) refuseWithoutTwoFactor(principal)
    const services = withinReach(ctx.services, principal)
    return next({ ctx: { ...ctx, services, principal, organisationId: principal.organisation.id } })
  })
