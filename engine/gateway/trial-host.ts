import { NO_USAGE, failureOf, type Failure } from '#graph'
import type { HostPort, HttpDoor, ModelProvider } from '#run/interfaces.ts'
import { parseReply } from './parse-reply.ts'

const MAX_TOKENS = 4_096
const SEED = 1

/** What a plugin that is tried by itself reaches: one model provider, and the door as far as its hosts were granted. */
export function trialHost(
  provider: ModelProvider,
  model: string,
  door: HttpDoor,
): Pick<HostPort, 'generate' | 'request'> {
  return {
    generate: ({ prompt, system = '', schema }) =>
      answered(async () => {
        const { text, inputTokens, outputTokens } = await provider.generate({
          model,
          system,
          prompt,
          temperature: 0,
          maxOutputTokens: MAX_TOKENS,
          seed: SEED,
          signal: new AbortController().signal,
          onText: () => undefined,
          ...(schema ? { schema } : {}),
        })
        const usage = { ...NO_USAGE, calls: 1, inputTokens, outputTokens }
        return { text, data: schema ? parseReply(text, schema, { model }) : null, model, usage }
      }),
    request: (call, hosts) => answered(() => door.request({ ...call, hosts })),
  }
}

async function answered<T>(
  work: () => Promise<T>,
): Promise<{ ok: true; reply: T } | { ok: false; failure: Failure }> {
  try {
    return { ok: true, reply: await work() }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}
