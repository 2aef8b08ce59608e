import { z } from 'zod'
import { PressroomError } from '#graph'
import { hashOfToken } from '../auth/link.ts'
import { hashPassword } from '../auth/password.ts'
import { passwordSchema, personNameSchema } from '../auth/session.ts'
import { notFound } from '../errors.ts'
import { publicProcedure } from '../trpc.ts'
import { tokenSchema } from './schemas.ts'

/** Whoever is signed in accepts with their account; somebody new says their name and a password. */
export const accept = publicProcedure
  .input(
    z.strictObject({
      token: tokenSchema,
      person: z.strictObject({ name: personNameSchema, password: passwordSchema }).optional(),
    }),
  )
  .output(z.object({ email: z.string() }))
  .mutation(async ({ ctx, input: { token, person } }) => {
    const { identity, services, from, requestId } = ctx
    await identity.attempts.takeEntry(from, 'link')
    const tokenHash = hashOfToken(token)
    const found = await services.directory.invitation(tokenHash)
    if (!found) throw notFound('invitation', '')
    const { organisationId } = found
    const account = await ctx.account()
    if (!account && !person) throw nobody()
    const accepting = person
      ? { name: person.name, passwordHash: await hashPassword(person.password) }
      : { userId: account?.id ?? '', email: account?.email ?? '' }
    const link = { organisationId, tokenHash }
    const { userId, email } = await services.stores.invitations.accept(link, accepting, { from, requestId })
    if (account?.id === userId) await services.stores.people.work(account.sessionId, organisationId)
    return { email }
  })

const nobody = () =>
  new PressroomError({
    code: 'auth.unauthenticated',
    message: 'To accept this invitation, sign in or make an account.',
    fix: 'Open the link in your browser and follow it.',
  })
