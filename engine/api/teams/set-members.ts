import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { teamSchema } from './schemas.ts'

const MAX_MEMBERS = 2_000

/** Exactly these are in it afterwards. */
export const setMembers = protectedProcedure('team:manage')
  .input(z.strictObject({ id: idSchema, memberIds: z.array(idSchema).max(MAX_MEMBERS) }))
  .output(teamSchema)
  .mutation(async ({ ctx, input }) => {
    const team = await ctx.services.stores.teams.setMembers(actingOf(ctx), input)
    if (!team) throw notFound('team', input.id)
    return team
  })
