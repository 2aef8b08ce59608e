import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { nameSchema } from '../names.ts'
import { protectedProcedure } from '../trpc.ts'
import { teamSchema } from './schemas.ts'

export const create = protectedProcedure('team:manage')
  .input(z.strictObject({ name: nameSchema }))
  .output(teamSchema)
  .mutation(({ ctx, input: { name } }) => ctx.services.stores.teams.create(actingOf(ctx), name))
