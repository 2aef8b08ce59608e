import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { lookedAfterBy } from './own.ts'
import { keySchema } from './schemas.ts'

/** Everybody's for those with `key:manage`, else one's own. Newest first; revoked ones stay in the list. */
export const list = protectedProcedure('signed-in')
  .input(z.void())
  .output(z.array(keySchema))
  .query(({ ctx }) => ctx.services.stores.keys.list(ctx.organisationId, lookedAfterBy(ctx.principal)))
