import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { nameSchema } from '../names.ts'
import { protectedProcedure } from '../trpc.ts'
import { teamSchema } from './schemas.ts'

export const rename = protectedProcedure('team:manage')
  .input(z.strictObject({ id: idSchema, name: nameSchema }))
  .output(teamSchema)
  .mutation(async ({ ctx, input }) => {
    const team = await ctx.services.stores.teams.rename(actingOf(ctx), input)
    if (!team) throw notFound('team', input.id)
    return team
  })
