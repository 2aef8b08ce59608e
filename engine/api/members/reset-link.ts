import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { newLink } from '../auth/link.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

const RESET_MS = 3_600_000

/** A link with which a member who forgot their password gives themselves a new one, once, within an hour. */
export const resetLink = protectedProcedure('member:manage')
  .input(byId)
  .output(z.object({ email: z.string(), path: z.string(), expiresAt: z.string() }))
  .mutation(async ({ ctx, input: { id } }) => {
    const { token, link } = newLink(RESET_MS)
    const made = await ctx.services.stores.resetLinks.create(actingOf(ctx), ctx.principal, id, link)
    if (!made) throw notFound('member', id)
    return { email: made.email, path: `/reset/${token}`, expiresAt: link.expiresAt.toISOString() }
  })
