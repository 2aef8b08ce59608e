import { z } from 'zod'
import { flowSchema } from '#graph'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

export const pointInput = z.strictObject({ flowId: idSchema, number: z.int32().positive() })

export const point = protectedProcedure('flow:read')
  .input(pointInput)
  .output(z.object({ flow: flowSchema }))
  .query(async ({ ctx, input: { flowId, number } }) => {
    const flow = await ctx.services.stores.drafts.point(ctx.organisationId, flowId, number)
    if (!flow) throw notFound('point', `${flowId}/${number}`)
    return { flow }
  })
