import { z } from 'zod'
import { nodeManifestSchema } from '#graph'
import { protectedProcedure } from '../trpc.ts'

export const list = protectedProcedure('flow:read')
  .input(z.void())
  .output(z.array(nodeManifestSchema))
  .query(({ ctx }) => ctx.services.manifests)
