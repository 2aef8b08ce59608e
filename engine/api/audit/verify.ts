import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'

/** Walks the whole chain of the organisation's log. */
export const verify = protectedProcedure('audit:read')
  .input(z.void())
  .output(
    z.discriminatedUnion('intact', [
      z.object({ intact: z.literal(true), entries: z.number(), head: z.string() }),
      z.object({ intact: z.literal(false), seq: z.number(), reason: z.string() }),
    ]),
  )
  .query(({ ctx }) => ctx.services.audit.verify(ctx.organisationId))
