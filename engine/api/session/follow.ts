import { z } from 'zod'
import { BUDGET_MEASURES, type Principal, type Standing, budgetNotice, may } from '#access'
import { unauthenticated } from '../auth/admitted.ts'
import { type Session, sessionOf, sessionSchema } from '../auth/session.ts'
import { cutOff } from '../streams/cut-off.ts'
import { streamOf } from '../streams/stream-of.ts'
import { Wake } from '../streams/wake.ts'
import { protectedProcedure } from '../trpc.ts'

/** A change that nobody heard of, such as a session that ends by itself, is seen after this time at the latest. */
const LOOK_AGAIN_MS = 15_000

/** Shown as “99+” where there are more. */
const MAX_COUNTED = 100

const followedSchema = sessionSchema.extend({
  /** How much waits for a decision of theirs. */
  inbox: z.number().int(),
  /** For those who set budgets: what of this month's is used up or close to it. */
  budget: z
    .object({
      measure: z.enum(BUDGET_MEASURES),
      percent: z.number().int(),
      state: z.enum(['fine', 'near', 'spent']),
    })
    .nullable(),
})
type Followed = Session & { inbox: number; budget: Standing | null }

/** The session as it is, and again whenever it changes: open pages show at once what somebody may do now. */
export const follow = protectedProcedure('signed-in')
  .input(z.void())
  .output(streamOf<Followed>((followed) => followedSchema.parse(followed)))
  .subscription(async function* ({ ctx, signal }) {
    const { principal, organisationId, services, closing } = ctx
    const ended = signal ? AbortSignal.any([signal, closing]) : closing
    const wake = new Wake()
    const userId = principal.email === null ? null : principal.id
    const unwatch = services.accessChanges.watch({ organisationId, userId }, wake.wake)
    const inbox = async (now: Principal) => {
      if (!may(now, 'approval:decide') || now.lacksTwoFactor) return 0
      const asked = { of: { id: now.id, role: now.role }, waiting: true, limit: MAX_COUNTED }
      return (await services.approvals.list(now.organisation.id, asked)).length
    }
    const budget = async (now: Principal) => {
      if (!may(now, 'budget:manage') || now.lacksTwoFactor) return null
      const month = await services.stores.budgets.thisMonth(now.organisation.id)
      return budgetNotice(month.budget, month.used)
    }
    let told = ''
    try {
      while (!ended.aborted) {
        const now = await ctx.reidentify()
        if (!now) throw unauthenticated()
        const followed = { ...sessionOf(now), inbox: await inbox(now), budget: await budget(now) }
        const text = JSON.stringify(followed)
        if (text !== told) yield followed
        told = text
        await wake.wait(ended, LOOK_AGAIN_MS)
      }
      throw cutOff()
    } finally {
      unwatch()
    }
  })
