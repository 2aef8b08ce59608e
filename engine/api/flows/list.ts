import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { flowSummarySchema } from './schemas.ts'

export const list = protectedProcedure('flow:read')
  .input(z.void())
  .output(z.array(flowSummarySchema))
  .query(({ ctx }) => ctx.services.stores.flows.list(ctx.organisationId))
