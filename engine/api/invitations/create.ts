import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { newLink } from '../auth/link.ts'
import { emailSchema } from '../auth/session.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { INVITATION_MS, pathOf, withLinkSchema } from './schemas.ts'

const MAX_TEAMS = 100

/** A link for one address, to be passed on by whoever makes it: Pressroom sends no mail. */
export const create = protectedProcedure('member:manage')
  .input(
    z.strictObject({
      email: emailSchema,
      role: idSchema,
      teamIds: z.array(idSchema).max(MAX_TEAMS).default([]),
    }),
  )
  .output(withLinkSchema)
  .mutation(async ({ ctx, input }) => {
    const { token, link } = newLink(INVITATION_MS)
    const invitation = await ctx.services.stores.invitations.create(actingOf(ctx), ctx.principal, {
      ...input,
      ...link,
    })
    return { invitation, path: pathOf(token) }
  })
