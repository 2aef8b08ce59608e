import { z } from 'zod'
import type { Piece, Protocol } from './hosted.ts'

const VERSION = '2023-06-01'
const TOOL = 'reply'

/** `POST /v1/messages`. A structured reply is asked for as the input of a tool that has to be used. */
export const anthropic: Protocol = {
  provider: 'anthropic',
  base: (address) => new URL(address.pathname.replace(/\/(v1\/?)?$/, ''), address),
  headers: (key) => ({ 'x-api-key': key, 'anthropic-version': VERSION }),
  listPath: '/v1/models?limit=1000',

  ask: ({ model, system, prompt, schema, temperature, maxOutputTokens }, without) => ({
    path: '/v1/messages',
    body: {
      model,
      max_tokens: maxOutputTokens,
      stream: true,
      // Its scale ends at 1.
      ...(without.has('temperature') ? {} : { temperature: Math.min(1, temperature) }),
      ...(system === '' ? {} : { system }),
      messages: [{ role: 'user', content: prompt }],
      ...(schema
        ? {
            tools: [{ name: TOOL, description: 'Gives the reply.', input_schema: schema }],
            tool_choice: { type: 'tool', name: TOOL },
          }
        : {}),
    },
  }),

  read(event) {
    const found = eventSchema.safeParse(event)
    if (!found.success || found.data.type === 'error') return null
    const { message, delta, usage } = found.data
    const text = delta?.text ?? delta?.partial_json
    const input = message?.usage
    return {
      ...(text ? { text } : {}),
      ...(input
        ? {
            inputTokens:
              input.input_tokens +
              (input.cache_read_input_tokens ?? 0) +
              (input.cache_creation_input_tokens ?? 0),
          }
        : {}),
      ...(usage?.output_tokens === undefined ? {} : { outputTokens: usage.output_tokens }),
      ...(delta?.stop_reason ? { end: endOf(delta.stop_reason) } : {}),
    }
  },

  models(reply) {
    const found = listSchema.safeParse(reply)
    return found.success ? found.data.data.map(({ id }) => ({ name: id, sizeBytes: null })) : null
  },
}

const eventSchema = z.object({
  type: z.string(),
  message: z
    .object({
      usage: z.object({
        input_tokens: z.number(),
        cache_read_input_tokens: z.number().nullish(),
        cache_creation_input_tokens: z.number().nullish(),
      }),
    })
    .optional(),
  delta: z
    .object({
      text: z.string().optional(),
      partial_json: z.string().optional(),
      stop_reason: z.string().nullish(),
    })
    .optional(),
  usage: z.object({ output_tokens: z.number().optional() }).optional(),
})
const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) })

function endOf(reason: string): NonNullable<Piece['end']> {
  if (['end_turn', 'stop_sequence', 'tool_use'].includes(reason)) return 'complete'
  return reason === 'max_tokens' ? 'length' : { declined: reason }
}
