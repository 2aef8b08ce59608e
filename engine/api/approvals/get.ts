import { isAssigned, readable } from '#graph'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { decidersOf } from './deciders.ts'
import { approvalSchema } from './schemas.ts'

/** What is decided on, and all that the run knows of it. */
export const get = protectedProcedure('approval:decide')
  .input(byId)
  .output(approvalSchema)
  .query(async ({ ctx, input }) => {
    const { approvals, stores } = ctx.services
    const { id, role } = ctx.principal
    const approval = await approvals.get(ctx.organisationId, input.id, id)
    if (!approval) throw notFound('approval', input.id)
    const [evaluations, deciders] = await Promise.all([
      approvals.evaluations(ctx.organisationId, approval),
      decidersOf(stores, ctx.organisationId, approval.runId),
    ])
    const inRound = new Set(
      approval.decisions
        .filter((one) => one.approvalId === approval.id && one.round === approval.round)
        .map(({ userId }) => userId),
    )
    const open = approval.state === 'waiting'
    return {
      ...approval,
      ...readable(approval.content),
      evaluations,
      asked: open && isAssigned(approval, { id, role }) && !inRound.has(id),
      others: deciders
        .filter((one) => open && one.id !== id && !inRound.has(one.id))
        .map((one) => ({ id: one.id, name: one.name })),
    }
  })
