import { z } from 'zod'
import { reaches } from '#access'
import { actingOf } from '../auth/acting.ts'
import { admitted } from '../auth/admitted.ts'
import { newKey } from '../auth/key.ts'
import { idSchema } from '../ids.ts'
import { nameSchema } from '../names.ts'
import { permissionsSchema } from '../roles/schemas.ts'
import { protectedProcedure } from '../trpc.ts'
import { holderOf } from './own.ts'
import { keySchema } from './schemas.ts'

const MAX_FLOWS = 100

/**
 * For oneself or, with `key:manage`, for a service account. A key makes others only with `key:manage`, lest one that
 * got into wrong hands outlives its own end. The answer is the only one that ever holds the key.
 */
export const create = protectedProcedure('signed-in')
  .input(
    z.strictObject({
      name: nameSchema,
      serviceAccountId: idSchema.optional(),
      /** Left out: all that both who makes it and who holds it may do. */
      permissions: permissionsSchema.min(1).optional(),
      /** Ids or slugs. Left out: every flow that its holder reaches. */
      flowIds: z.array(idSchema).min(1).max(MAX_FLOWS).optional(),
      expiresAt: z.iso
        .datetime({ offset: true })
        .transform((text) => new Date(text))
        .refine((time) => time.getTime() > Date.now(), 'must be in the future')
        .optional(),
    }),
  )
  .output(z.object({ key: z.string(), summary: keySchema }))
  .mutation(async ({ ctx, input: { name, serviceAccountId, permissions, flowIds, expiresAt } }) => {
    const { principal, services } = ctx
    if (serviceAccountId !== undefined || principal.kind === 'key') admitted(principal, 'key:manage')
    const { key, ...token } = newKey()
    const { permissions: own, keyId, flowIds: limits } = principal
    const maker = {
      permissions: own,
      keyId,
      flowIds: limits,
      reaches: (flow: Parameters<typeof reaches>[1]) => reaches(principal, flow),
    }
    const summary = await services.stores.keys.create(actingOf(ctx), maker, {
      name,
      holder: serviceAccountId === undefined ? holderOf(principal) : { serviceAccountId },
      permissions: permissions ?? null,
      flowIds: flowIds ?? null,
      expiresAt: expiresAt ?? null,
      token,
    })
    return { key, summary }
  })
