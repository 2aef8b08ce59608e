import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { invitationSchema } from './schemas.ts'

export const list = protectedProcedure('member:manage')
  .input(z.void())
  .output(z.array(invitationSchema))
  .query(({ ctx }) => ctx.services.stores.invitations.list(ctx.organisationId))
