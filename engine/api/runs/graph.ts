import { z } from 'zod'
import { flowSchema, nodeManifestSchema } from '#graph'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** The flow as it was when the run started, with the manifests of its nodes. */
export const graph = protectedProcedure('run:read')
  .input(byId)
  .output(z.object({ flow: flowSchema, manifests: z.array(nodeManifestSchema) }))
  .query(async ({ ctx, input }) => {
    const found = await ctx.services.stores.reader.flow(ctx.organisationId, input.id)
    if (!found) throw notFound('run', input.id)
    return found
  })
