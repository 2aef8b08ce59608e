import { z } from 'zod'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/**
 * Of a step that was cut short and may have done something outside already: run it again, or count it as failed.
 * `taken` is false where it waits for no decision (any more).
 */
export const decide = protectedProcedure('run:start')
  .input(z.strictObject({ id: idSchema, stepId: idSchema, decision: z.enum(['again', 'fail']) }))
  .output(z.object({ taken: z.boolean() }))
  .mutation(async ({ ctx, input: { id, stepId, decision } }) => {
    const { runService, stores } = ctx.services
    const waits = await stores.reader.waits(ctx.organisationId, id)
    if (!waits) throw notFound('run', id)
    const wait = waits.find((open) => open.stepId === stepId && open.kind === 'decision')
    const what = wait && { stepId, attempt: wait.attempt, decision }
    return { taken: what ? await runService.decide(ctx.organisationId, id, what, ctx.principal.name) : false }
  })
