import { z } from 'zod'
import { hashOfToken } from '../auth/link.ts'
import { publicProcedure } from '../trpc.ts'
import { tokenSchema, viewSchema } from './schemas.ts'

/** What the page behind the link shows. Null for a link that leads nowhere. */
export const look = publicProcedure
  .input(z.strictObject({ token: tokenSchema }))
  .output(viewSchema.nullable())
  .query(async ({ ctx, input: { token } }) => {
    const { services } = ctx
    const tokenHash = hashOfToken(token)
    const found = await services.directory.invitation(tokenHash)
    const view = found && (await services.stores.invitations.look(found.organisationId, tokenHash))
    return view && { ...view, signedInAs: (await ctx.account())?.email ?? null }
  })
