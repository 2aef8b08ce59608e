import { z } from 'zod'
import { PressroomError } from '#graph'
import { hashOfToken } from '../auth/link.ts'
import { hashPassword } from '../auth/password.ts'
import { passwordSchema } from '../auth/session.ts'
import { tokenSchema } from '../invitations/schemas.ts'
import { publicProcedure } from '../trpc.ts'

/** With the link that an admin made. Ends the person's sessions everywhere. */
export const resetPassword = publicProcedure
  .input(z.strictObject({ token: tokenSchema, password: passwordSchema }))
  .output(z.object({ ok: z.literal(true) }))
  .mutation(async ({ ctx, input: { token, password } }) => {
    const { identity, services, from, requestId } = ctx
    await identity.attempts.takeEntry(from, 'link')
    const { resetLinks } = services.stores
    const tokenHash = hashOfToken(token)
    if (!(await resetLinks.look(tokenHash))) throw noLink()
    const passwordHash = await hashPassword(password)
    if (!(await resetLinks.use(tokenHash, passwordHash, { from, requestId }))) throw noLink()
    return { ok: true }
  })

const noLink = () =>
  new PressroomError({
    code: 'not_found.reset_link',
    message: 'This link was used already, or its hour is over.',
    fix: 'Ask an admin of your organisation for a new one.',
  })
