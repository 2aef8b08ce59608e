import { z } from 'zod'
import { providerModelSchema } from '../connections/schemas.ts'
import { protectedProcedure } from '../trpc.ts'

/** Model servers of the server's own machine that answer at their usual ports, set up or not. */
export const discover = protectedProcedure('model:manage')
  .input(z.void())
  .output(
    z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['ollama', 'openai-compatible']),
        baseUrl: z.string(),
        models: z.array(providerModelSchema),
      }),
    ),
  )
  .query(({ ctx }) => ctx.services.connector.discover())
