import { z } from 'zod'
import { modelConfigurationSchema } from '#graph'
import { actingOf } from '../auth/acting.ts'
import { protectedProcedure } from '../trpc.ts'
import { modelChoiceShape } from './schemas.ts'

/** A model that is reached by a connection, for flows to choose. */
export const create = protectedProcedure('model:manage')
  .input(z.strictObject(modelChoiceShape))
  .output(modelConfigurationSchema)
  .mutation(({ ctx, input }) => ctx.services.stores.models.create(actingOf(ctx), input))
