import { z } from 'zod'
import { hashOfToken } from '../auth/link.ts'
import { tokenSchema } from '../invitations/schemas.ts'
import { publicProcedure } from '../trpc.ts'

/** Whose password the link is for. Null once it was used or is too old. */
export const lookAtReset = publicProcedure
  .input(z.strictObject({ token: tokenSchema }))
  .output(z.object({ email: z.string() }).nullable())
  .query(({ ctx, input: { token } }) => ctx.services.stores.resetLinks.look(hashOfToken(token)))
