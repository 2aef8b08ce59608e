import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { approvalSummarySchema } from './schemas.ts'

const MAX = 100

/** What waits for the one who asks, the oldest first; or what they decided on, the latest first. */
export const list = protectedProcedure('approval:decide')
  .input(z.strictObject({ show: z.enum(['waiting', 'decided']).default('waiting') }))
  .output(z.array(approvalSummarySchema))
  .query(({ ctx, input }) => {
    const { id, role } = ctx.principal
    const asked = { of: { id, role }, waiting: input.show === 'waiting', limit: MAX }
    return ctx.services.approvals.list(ctx.organisationId, asked)
  })
