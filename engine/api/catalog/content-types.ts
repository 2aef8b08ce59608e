import { z } from 'zod'
import { catalogContentTypeSchema } from '#graph'
import { protectedProcedure } from '../trpc.ts'

export const contentTypes = protectedProcedure('catalog:read')
  .input(z.void())
  .output(z.array(catalogContentTypeSchema))
  .query(async ({ ctx }) => (await ctx.services.stores.catalogs.catalog(ctx.organisationId)).contentTypes)
