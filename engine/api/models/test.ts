import { z } from 'zod'
import { failureOf } from '#graph'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { modelChoiceShape } from './schemas.ts'

const PATIENCE_MS = 60_000
const MOST_TOKENS = 512

/**
 * Has a model say one fixed sentence, saved or not. Nothing of the organisation's goes along, so that an external model
 * can be tried before anything may be sent to it.
 */
export const test = protectedProcedure('model:manage')
  .input(z.strictObject(modelChoiceShape).pick({ connection: true, model: true }))
  .output(
    z.object({ ok: z.boolean(), message: z.string(), fix: z.string().nullable(), durationMs: z.number() }),
  )
  .mutation(async ({ ctx, input: { connection, model } }) => {
    const startedAt = performance.now()
    const durationMs = () => Math.round(performance.now() - startedAt)
    if (!(await ctx.services.stores.connections.get(ctx.organisationId, idSchema.parse(connection))))
      throw notFound('connection', connection)
    try {
      const provider = await ctx.services.connected.provider(ctx.organisationId, connection)
      const { text } = await provider.generate({
        model,
        system: '',
        prompt: 'Say hello in one short sentence.',
        temperature: 0.2,
        maxOutputTokens: MOST_TOKENS,
        seed: 1,
        signal: AbortSignal.timeout(PATIENCE_MS),
        onText: () => undefined,
      })
      return { ok: true, message: text.trim().slice(0, 500), fix: null, durationMs: durationMs() }
    } catch (error) {
      const { message, fix } = failureOf(error)
      return { ok: false, message, fix, durationMs: durationMs() }
    }
  })
