import { z } from 'zod'
import { flowSchema } from '#graph'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { editorOf } from './live-drafts.ts'
import { pointInput } from './point.ts'

/** Makes the draft what it was at a point. The draft of before is kept as a point too. */
export const restore = protectedProcedure('flow:write')
  .input(pointInput)
  .output(z.object({ flow: flowSchema }))
  .mutation(async ({ ctx, input: { flowId, number } }) => {
    const flow = await ctx.services.stores.drafts.point(ctx.organisationId, flowId, number)
    if (!flow) throw notFound('point', `${flowId}/${number}`)
    await ctx.drafts.write(editorOf(ctx.principal), flowId, flow)
    return { flow }
  })
