import { z } from 'zod'
import type { PullProgress } from '#run/interfaces.ts'
import { idSchema } from '../ids.ts'
import { latestOf } from '../streams/latest-of.ts'
import { streamOf } from '../streams/stream-of.ts'
import { protectedProcedure } from '../trpc.ts'

const progressSchema = z.object({ status: z.string(), completedBytes: z.number(), totalBytes: z.number() })

/** Ends when the model is there. Leaving the subscription stops the download. */
export const pull = protectedProcedure('model:manage')
  .input(z.strictObject({ provider: idSchema, model: idSchema }))
  .output(streamOf<PullProgress>((progress) => progressSchema.parse(progress)))
  .subscription(({ ctx, input, signal }) => {
    const ending = signal ? AbortSignal.any([signal, ctx.closing]) : ctx.closing
    return latestOf<PullProgress>((emit, aborted) => {
      return ctx.services.models.pull(input.provider, input.model, emit, aborted)
    }, ending)
  })
