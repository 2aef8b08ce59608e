import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { summarise, templateDetailSchema } from './summary.ts'

export const get = protectedProcedure('flow:read')
  .input(byId)
  .output(templateDetailSchema)
  .query(async ({ ctx, input }) => {
    const { services, organisationId } = ctx
    const template = services.templates.find(({ id }) => id === input.id)
    if (!template) throw notFound('template', input.id)
    const catalog = await services.stores.catalogs.catalog(organisationId)
    return { ...(await summarise(template, services, organisationId, catalog)), flow: template.flow }
  })
