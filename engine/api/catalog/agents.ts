import { z } from 'zod'
import { agentSchema } from '#graph'
import { protectedProcedure } from '../trpc.ts'

export const agents = protectedProcedure('catalog:read')
  .input(z.void())
  .output(z.array(agentSchema))
  .query(async ({ ctx }) => (await ctx.services.stores.catalogs.catalog(ctx.organisationId)).agents)
