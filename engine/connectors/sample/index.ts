/**
 * The built-in sample model. Job: serve every flow where no model server answers, from the prompt's own words.
 * Boundary: it knows the prompt format of the built-in nodes and nothing else; it reads no clock, file or network.
 *
 * S1 The same system prompt, prompt, schema and seed give the same reply.
 * S2 It invents no figures and no names; where a text needs one it leaves a slot in square brackets.
 * S3 Verdicts, scores and places rest on what was measured, and the reasons state it.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { PressroomError } from '#graph'
import type { ModelProvider, ProviderReply, ProviderRequest } from '#run/interfaces.ts'
import { wordsOf } from './language.ts'
import { parsePrompt } from './prompt.ts'
import { createRandom } from './random.ts'
import { structuredReply } from './structured.ts'
import { writtenReply } from './write.ts'

export const SAMPLE_LABEL = 'Sample model: no AI'
export const SAMPLE_MODEL = 'sample-1'

const CHUNKS = 6

export function createSampleProvider(): ModelProvider {
  return {
    name: 'sample',
    local: true,
    async list() {
      return [{ name: SAMPLE_MODEL, sizeBytes: null }]
    },
    async generate(request): Promise<ProviderReply> {
      throwIfCancelled(request.signal)
      const text = sampleReply(request)
      const size = Math.max(1, Math.ceil(text.length / CHUNKS))
      for (let from = 0; from < text.length; from += size) {
        await turn()
        throwIfCancelled(request.signal)
        request.onText(text.slice(from, from + size))
      }
      return { text, inputTokens: tokens(`${request.system} ${request.prompt}`), outputTokens: tokens(text) }
    },
  }
}

/** The whole reply at once (S1). */
export function sampleReply({
  system,
  prompt,
  schema,
  seed,
}: Pick<ProviderRequest, 'system' | 'prompt' | 'schema' | 'seed'>): string {
  const parsed = parsePrompt(prompt)
  const random = createRandom(`${seed}\n${system}\n${prompt}`)
  if (schema) return JSON.stringify(structuredReply(system, parsed, prompt, schema, random))
  return writtenReply(system, parsed, prompt, random)
}

/** An estimate: English has about 1.3 tokens to the word. */
const tokens = (text: string): number => Math.ceil(wordsOf(text).length * 1.3)

function throwIfCancelled(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw new PressroomError(
    {
      code: 'step.cancelled',
      message: 'The sample model stopped because its step was cancelled.',
      fix: 'Start the run again if the result is still wanted.',
    },
    signal.reason,
  )
}
