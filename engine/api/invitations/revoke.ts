import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { invitationSchema } from './schemas.ts'

export const revoke = protectedProcedure('member:manage')
  .input(byId)
  .output(invitationSchema)
  .mutation(async ({ ctx, input: { id } }) => {
    const invitation = await ctx.services.stores.invitations.revoke(actingOf(ctx), id)
    if (!invitation) throw notFound('invitation', id)
    return invitation
  })
