import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { onceSchema, startOptions, startedSchema } from './schemas.ts'

/** A new run in which what succeeded is taken over; the rest, and what follows it, runs. */
export const retry = protectedProcedure('run:start')
  .input(byId.extend(onceSchema.shape))
  .output(startedSchema)
  .mutation(({ ctx, input: { id, idempotencyKey } }) =>
    ctx.services.runService.retry(ctx.organisationId, id, startOptions(ctx, idempotencyKey)),
  )
