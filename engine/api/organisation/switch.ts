import { z } from 'zod'
import { PressroomError } from '#graph'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Which of their organisations a person works in from now on, in all tabs of this session. */
export const switchTo = protectedProcedure('signed-in')
  .input(byId)
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx: { principal, services }, input: { id } }) => {
    if (principal.sessionId === null) throw boundToOne()
    const memberships = await services.directory.memberships(principal.id)
    if (!memberships.some(({ organisation }) => organisation.id === id)) throw notFound('organisation', id)
    await services.stores.people.work(principal.sessionId, id)
    return { id }
  })

const boundToOne = () =>
  new PressroomError({
    code: 'auth.bound_to_organisation',
    message: 'An API key works in the organisation that it was made in.',
    fix: 'Use a key of the other organisation.',
  })
