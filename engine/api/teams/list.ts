import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { teamSchema } from './schemas.ts'

export const list = protectedProcedure('member:read')
  .input(z.void())
  .output(z.array(teamSchema))
  .query(({ ctx }) => ctx.services.stores.teams.list(ctx.organisationId))
