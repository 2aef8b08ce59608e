import { z } from 'zod'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { flowDetailSchema } from './schemas.ts'

/** The organisation's own copy of a template; made the first time, found again later. */
export const fromTemplate = protectedProcedure('flow:write')
  .input(z.strictObject({ template: idSchema }))
  .output(flowDetailSchema)
  .mutation(async ({ ctx, input }) => {
    const template = ctx.services.templates.find(({ id }) => id === input.template)
    if (!template) throw notFound('template', input.template)
    return ctx.services.stores.flows.fromTemplate(ctx.organisationId, template)
  })
