import { z } from 'zod'
import { findingSchema } from '#graph'
import { protectedProcedure } from '../trpc.ts'
import { readDocument } from './read-document.ts'

/** What is wrong with a flow, by the validator that the studio, publishing and runs use. A mutation for its size only. */
export const validate = protectedProcedure('flow:read')
  .input(z.strictObject({ flow: z.unknown() }))
  .output(z.array(findingSchema))
  .mutation(async ({ ctx, input: { flow } }) => {
    const { stores, manifests } = ctx.services
    return readDocument(flow, manifests, await stores.catalogs.catalog(ctx.organisationId)).findings
  })
