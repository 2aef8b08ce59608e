import { z } from 'zod'
import { findingSchema, flowSchema } from '#graph'
import { protectedProcedure } from '../trpc.ts'
import { asksOf } from './asks.ts'
import { faultsOfShape, readDocument } from './read-document.ts'

/** What a document would bring with it, before anything is made of it. A mutation for its size only. */
export const check = protectedProcedure('flow:write')
  .input(z.strictObject({ document: z.unknown() }))
  .output(
    z.object({
      flow: flowSchema.nullable(),
      findings: z.array(findingSchema),
      /** Whether `flows.import` takes it; other faults can be mended in the draft. */
      importable: z.boolean(),
      asks: z.object({
        nodeTypes: z.array(z.string()),
        capabilities: z.array(z.string()),
        agents: z.array(z.string()),
        models: z.array(z.string()),
      }),
    }),
  )
  .mutation(async ({ ctx, input: { document } }) => {
    const { stores, manifests } = ctx.services
    const { flow, findings } = readDocument(
      document,
      manifests,
      await stores.catalogs.catalog(ctx.organisationId),
    )
    const importable = flow !== null && faultsOfShape(findings).length === 0
    return { flow, findings, importable, asks: asksOf(flow, manifests) }
  })
