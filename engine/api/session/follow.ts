import { z } from 'zod'
import { unauthenticated } from '../auth/admitted.ts'
import { type Session, sessionOf, sessionSchema } from '../auth/session.ts'
import { cutOff } from '../streams/cut-off.ts'
import { streamOf } from '../streams/stream-of.ts'
import { Wake } from '../streams/wake.ts'
import { protectedProcedure } from '../trpc.ts'

/** A change that nobody heard of, such as a session that ends by itself, is seen after this time at the latest. */
const LOOK_AGAIN_MS = 15_000

/** The session as it is, and again whenever it changes: open pages show at once what somebody may do now. */
export const follow = protectedProcedure('signed-in')
  .input(z.void())
  .output(streamOf<Session>((session) => sessionSchema.parse(session)))
  .subscription(async function* ({ ctx, signal }) {
    const { principal, organisationId, services, closing } = ctx
    const ended = signal ? AbortSignal.any([signal, closing]) : closing
    const wake = new Wake()
    const userId = principal.email === null ? null : principal.id
    const unwatch = services.accessChanges.watch({ organisationId, userId }, wake.wake)
    let told = ''
    try {
      while (!ended.aborted) {
        const now = await ctx.reidentify()
        if (!now) throw unauthenticated()
        const session = sessionOf(now)
        const text = JSON.stringify(session)
        if (text !== told) yield session
        told = text
        await wake.wait(ended, LOOK_AGAIN_MS)
      }
      throw cutOff()
    } finally {
      unwatch()
    }
  })
