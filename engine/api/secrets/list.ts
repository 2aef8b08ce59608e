import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'

export const list = protectedProcedure('secret:write')
  .input(z.void())
  .output(
    z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        updatedAt: z.string(),
        updatedByName: z.string().nullable(),
      }),
    ),
  )
  .query(({ ctx }) => ctx.services.secrets.list(ctx.organisationId))
