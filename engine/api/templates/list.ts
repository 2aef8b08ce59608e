import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { summarise, templateSummarySchema } from './summary.ts'

export const list = protectedProcedure('flow:read')
  .input(z.void())
  .output(z.array(templateSummarySchema))
  .query(async ({ ctx }) => {
    const { services, organisationId } = ctx
    const catalog = await services.stores.catalogs.catalog(organisationId)
    const inOrder = services.templates.toSorted((a, b) => a.order - b.order)
    return Promise.all(inOrder.map((template) => summarise(template, services, organisationId, catalog)))
  })
