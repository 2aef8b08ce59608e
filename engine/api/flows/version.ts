import { z } from 'zod'
import { flowSchema } from '#graph'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

export const version = protectedProcedure('flow:read')
  .input(z.strictObject({ versionId: idSchema }))
  .output(z.object({ flow: flowSchema }))
  .query(async ({ ctx, input: { versionId } }) => {
    const found = await ctx.services.stores.flows.version(ctx.organisationId, versionId)
    if (!found) throw notFound('version', versionId)
    return { flow: found.flow }
  })
