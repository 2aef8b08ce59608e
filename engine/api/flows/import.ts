import { z } from 'zod'
import { PressroomError } from '#graph'
import { protectedProcedure } from '../trpc.ts'
import { faultsOfShape, readDocument } from './read-document.ts'
import { flowDetailSchema } from './schemas.ts'

/** Makes a flow of a document, with nothing but a draft: it runs only once somebody starts or publishes it. */
export const importFlow = protectedProcedure('flow:write')
  .input(z.strictObject({ document: z.unknown() }))
  .output(flowDetailSchema)
  .mutation(async ({ ctx, input: { document } }) => {
    const { stores, manifests, templates } = ctx.services
    const catalog = await stores.catalogs.catalog(ctx.organisationId)
    const { flow, findings } = readDocument(document, manifests, catalog)
    const faults = faultsOfShape(findings)
    if (!flow || faults.length > 0) {
      throw new PressroomError({
        code: 'flow.invalid',
        message: faults.map(({ path, message }) => `${path}: ${message}`).join('; '),
        fix: faults[0]?.fix ?? 'Export the flow again where it comes from.',
        facts: { findings },
      })
    }
    return stores.flows.create(
      ctx.organisationId,
      flow,
      templates.map(({ id }) => id),
    )
  })
