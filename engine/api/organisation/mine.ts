import { z } from 'zod'
import { builtInRole } from '#access'
import { protectedProcedure } from '../trpc.ts'

/** The organisations that a person belongs to, in the order in which they joined; for a key, the one that it is of. */
export const mine = protectedProcedure('signed-in')
  .input(z.void())
  .output(z.array(z.object({ id: z.string(), name: z.string(), roleName: z.string(), current: z.boolean() })))
  .query(async ({ ctx: { principal, services } }) => {
    const { organisation, roleName, kind, id } = principal
    if (kind === 'key') return [{ ...organisation, roleName, current: true }]
    const memberships = await services.directory.memberships(id)
    return memberships.map(({ organisation: { id: each, name }, role, custom }) => ({
      id: each,
      name,
      roleName: builtInRole(role)?.name ?? custom?.name ?? role,
      current: each === organisation.id,
    }))
  })
