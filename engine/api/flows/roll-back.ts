import { z } from 'zod'
import { flowSchema } from '#graph'
import { editorOf } from '../drafts/live-drafts.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Makes the draft what a version was. The draft of before is kept as a point of the history. */
export const rollBack = protectedProcedure('flow:write')
  .input(z.strictObject({ id: idSchema, versionId: idSchema }))
  .output(z.object({ flow: flowSchema }))
  .mutation(async ({ ctx, input: { id, versionId } }) => {
    const found = await ctx.services.stores.flows.version(ctx.organisationId, versionId)
    if (found?.flowId !== id) throw notFound('version', versionId)
    await ctx.drafts.write(editorOf(ctx.principal), id, found.flow)
    return { flow: found.flow }
  })
