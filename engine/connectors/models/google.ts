import { z } from 'zod'
import type { Piece, Protocol } from './hosted.ts'

/** `streamGenerateContent` of the Gemini API. */
export const google: Protocol = {
  provider: 'google',
  base: (address) => new URL(address.pathname.replace(/\/(v1(beta)?\/?)?$/, ''), address),
  headers: (key) => ({ 'x-goog-api-key': key }),
  listPath: '/v1beta/models?pageSize=1000',

  ask: ({ model, system, prompt, schema, temperature, maxOutputTokens, seed }, without) => ({
    path: `/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
    body: {
      ...(system === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
      contents: [{ role: 'user', parts: [{ text: prompt }] }],
      generationConfig: {
        maxOutputTokens,
        ...(without.has('temperature') ? {} : { temperature }),
        ...(without.has('seed') ? {} : { seed }),
        ...(schema ? { responseMimeType: 'application/json', responseJsonSchema: schema } : {}),
      },
    },
  }),

  read(event) {
    const found = chunkSchema.safeParse(event)
    if (!found.success) return null
    const { candidates = [], promptFeedback, usageMetadata: usage } = found.data
    const { content, finishReason } = candidates[0] ?? {}
    const text = (content?.parts ?? []).map((part) => (part.thought ? '' : (part.text ?? ''))).join('')
    const blocked = promptFeedback?.blockReason
    return {
      text,
      ...(usage
        ? {
            inputTokens: usage.promptTokenCount ?? 0,
            // What it thought is paid as what it wrote.
            outputTokens: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
          }
        : {}),
      ...(blocked ? { end: { declined: blocked } } : finishReason ? { end: endOf(finishReason) } : {}),
    }
  },

  models(reply) {
    const found = listSchema.safeParse(reply)
    if (!found.success) return null
    return found.data.models
      .filter(({ supportedGenerationMethods: can }) => can === undefined || can.includes('generateContent'))
      .map(({ name }) => ({ name: name.replace(/^models\//, ''), sizeBytes: null }))
  },
}

const chunkSchema = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({
            parts: z
              .array(z.object({ text: z.string().optional(), thought: z.boolean().optional() }))
              .optional(),
          })
          .optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z
    .object({
      promptTokenCount: z.number().optional(),
      candidatesTokenCount: z.number().optional(),
      thoughtsTokenCount: z.number().optional(),
    })
    .optional(),
  error: z.never().optional(),
})
const listSchema = z.object({
  models: z.array(z.object({ name: z.string(), supportedGenerationMethods: z.array(z.string()).optional() })),
})

function endOf(reason: string): NonNullable<Piece['end']> {
  if (reason === 'STOP') return 'complete'
  return reason === 'MAX_TOKENS' ? 'length' : { declined: reason.toLowerCase().replaceAll('_', ' ') }
}
