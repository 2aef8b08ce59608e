import { PressroomError } from '#graph'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { deciderOf, decidersOf } from './deciders.ts'
import { decidedSchema, delegateSchema } from './schemas.ts'

/** Hands the decision to somebody else who may decide. Whoever hands it on has had their say in this round. */
export const delegate = protectedProcedure('approval:decide')
  .input(delegateSchema)
  .output(decidedSchema)
  .mutation(async ({ ctx, input: { id, userId, contentHash, notes } }) => {
    const { approvals, stores } = ctx.services
    const by = deciderOf(ctx.principal)
    const found = await approvals.get(ctx.organisationId, id, by.id)
    if (!found) throw notFound('approval', id)
    const deciders = await decidersOf(stores, ctx.organisationId, found.runId)
    const to = deciders.find((one) => one.id === userId && one.id !== by.id)
    if (!to) throw noDecider(userId)
    const wish = { verdict: 'delegated' as const, contentHash, notes, to: { id: to.id, name: to.name } }
    const decided = await approvals.decide(actingOf(ctx), id, by, wish)
    if (!decided) throw notFound('approval', id)
    return decided
  })

const noDecider = (userId: string) =>
  new PressroomError({
    code: 'not_found.decider',
    message: 'There is nobody else of that id who may decide on this.',
    fix: 'Choose somebody whose role lets them decide and who is in the flow’s team.',
    facts: { userId },
  })
