import { z } from 'zod'
import { type Finding, PressroomError, findingSchema, hasErrors, manifestKey, validateFlow } from '#graph'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { publishedVersionSchema } from './schemas.ts'

const MAX_MESSAGE_CHARACTERS = 500

export const publish = protectedProcedure('flow:publish')
  .input(z.strictObject({ id: idSchema, message: z.string().trim().max(MAX_MESSAGE_CHARACTERS).default('') }))
  .output(z.object({ version: publishedVersionSchema, findings: z.array(findingSchema) }))
  .mutation(async ({ ctx, input }) => {
    const { organisationId, principal } = ctx
    const { stores, manifests, runService } = ctx.services
    await ctx.drafts.flush(input.id)
    const flow = await stores.flows.get(organisationId, input.id)
    if (!flow) throw notFound('flow', input.id)
    const installed = Object.fromEntries(manifests.map((manifest) => [manifestKey(manifest), manifest]))
    const catalog = await stores.catalogs.catalog(organisationId)
    const callables = await runService.callables(organisationId, flow.id)
    const findings = validateFlow(flow.draft, installed, { ...catalog, callables })
    if (hasErrors(findings)) throw faulty(findings)
    const version = await stores.flows.publish(organisationId, flow.id, input.message, principal.id)
    return { version, findings }
  })

function faulty(findings: Finding[]): PressroomError {
  const faults = findings.filter(({ severity }) => severity === 'error')
  return new PressroomError({
    code: 'flow.invalid',
    message: faults.map(({ path, message }) => `${path}: ${message}`).join('; '),
    fix: faults[0]?.fix ?? 'Correct the faults and publish again.',
    facts: { findings },
  })
}
