import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { noticesSchema } from './schemas.ts'

const SHOWN = 50

/** Where notices of what waits for approval go, and the latest of them. */
export const get = protectedProcedure('connection:manage')
  .input(z.void())
  .output(noticesSchema)
  .query(async ({ ctx }) => {
    const { notices } = ctx.services.stores
    const [channels, deliveries] = await Promise.all([
      notices.channels(ctx.organisationId),
      notices.deliveries(ctx.organisationId, SHOWN),
    ])
    return { channels, deliveries }
  })
