import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { sampleReply } from '#connectors'
import { PressroomError } from '#graph'
import type { ModelProvider, ProviderRequest } from '../../interfaces.ts'

/** What the world outside the database has seen: a model was asked, a step was begun. */
const effectSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('call'),
    pid: z.number(),
    at: z.number(),
    request: z.string(),
    seed: z.number(),
  }),
  z.object({ kind: z.literal('step'), pid: z.number(), at: z.number(), stepId: z.string() }),
])
export type Effect = z.infer<typeof effectSchema>

/** A file that survives whoever writes to it; each effect is in it before its process goes on. */
export class Effects {
  readonly file: string

  constructor(file: string) {
    this.file = file
  }

  add(effect: { kind: 'call'; request: string; seed: number } | { kind: 'step'; stepId: string }): void {
    appendFileSync(this.file, `${JSON.stringify({ pid: process.pid, at: Date.now(), ...effect })}\n`)
  }

  read(): Effect[] {
    if (!existsSync(this.file)) return []
    const lines = readFileSync(this.file, 'utf8').trim().split('\n')
    return lines.filter((line) => line !== '').map((line) => effectSchema.parse(JSON.parse(line)))
  }
}

/** Which request it was, whoever made it and when. */
export function requestHash({
  system,
  prompt,
  seed,
}: Pick<ProviderRequest, 'system' | 'prompt' | 'seed'>): string {
  return createHash('sha256')
    .update(JSON.stringify([system, prompt, seed]))
    .digest('hex')
}

interface Behaviour {
  /** Seed of a call that fails and may be tried again. */
  failing: number | null
  /** How long a reply takes at most. */
  latencyMs: number
}

/** The sample model's words, with every call in a file. */
export function observedModel(effects: Effects, { failing, latencyMs }: Behaviour): ModelProvider {
  return {
    name: 'sample',
    local: true,
    list: async () => [{ name: 'sample-1', sizeBytes: null }],
    async generate(request) {
      effects.add({ kind: 'call', request: requestHash(request), seed: request.seed })
      if (request.seed === failing) throw busy()
      if (latencyMs > 0) await setTimeout(request.seed % latencyMs)
      const text = sampleReply(request)
      request.onText(text)
      return { text, inputTokens: 1, outputTokens: 1 }
    },
  }
}

const busy = () =>
  new PressroomError({
    code: 'model.busy',
    message: 'The model is busy.',
    fix: 'Wait.',
    retryable: true,
    facts: { retryAfterMs: 100 },
  })
