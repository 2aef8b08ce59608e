import { z } from 'zod'
import { WAIT_KINDS } from '#graph'
import { notFound } from '../errors.ts'
import { CALLBACKS_PATH } from '../http/callback-routes.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** What the run's steps wait for. `address`: where another system calls with JSON to let the step go on. */
export const waits = protectedProcedure('run:read')
  .input(byId)
  .output(
    z.array(
      z.object({
        stepId: z.string(),
        nodeId: z.string(),
        label: z.string(),
        kind: z.enum(WAIT_KINDS),
        since: z.string(),
        until: z.string().nullable(),
        address: z.string().nullable(),
      }),
    ),
  )
  .query(async ({ ctx, input }) => {
    const { callbacks, publicUrl, stores } = ctx.services
    const found = await stores.reader.waits(ctx.organisationId, input.id)
    if (!found) throw notFound('run', input.id)
    return found.map((wait) => {
      const token = callbacks.token(wait)
      const address = token && new URL(`${CALLBACKS_PATH}/${token}`, publicUrl).href
      return { ...wait, address }
    })
  })
