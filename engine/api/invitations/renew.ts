import { actingOf } from '../auth/acting.ts'
import { newLink } from '../auth/link.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { INVITATION_MS, pathOf, withLinkSchema } from './schemas.ts'

/** Makes a new link; the one before leads nowhere from then on. */
export const renew = protectedProcedure('member:manage')
  .input(byId)
  .output(withLinkSchema)
  .mutation(async ({ ctx, input: { id } }) => {
    const { token, link } = newLink(INVITATION_MS)
    const invitation = await ctx.services.stores.invitations.renew(actingOf(ctx), ctx.principal, id, link)
    if (!invitation) throw notFound('invitation', id)
    return { invitation, path: pathOf(token) }
  })
