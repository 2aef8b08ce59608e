import { failureOf } from '#graph'
import type { FoundServer } from '#run/interfaces.ts'
import { createHostedProvider } from '../models/hosted.ts'
import { openAiCompatible } from '../models/openai-compatible.ts'
import { createOllamaProvider } from '../ollama.ts'

const PATIENCE_MS = 700
/** Where model servers listen unless somebody changes it. */
const USUAL: Omit<FoundServer, 'models'>[] = [
  { name: 'Ollama', kind: 'ollama', baseUrl: 'http://127.0.0.1:11434' },
  { name: 'LM Studio', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1234/v1' },
  { name: 'llama.cpp', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8080/v1' },
  { name: 'vLLM', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1' },
]

/** The model servers of this very machine that answer at their usual ports. */
export async function discover(servers = USUAL): Promise<FoundServer[]> {
  const found = await Promise.all(servers.map(look))
  return found.filter((server) => server !== null)
}

async function look(server: Omit<FoundServer, 'models'>): Promise<FoundServer | null> {
  const options = { baseUrl: server.baseUrl, local: true, mayReach: () => true }
  const provider =
    server.kind === 'ollama'
      ? createOllamaProvider(options)
      : createHostedProvider(openAiCompatible, { ...options, key: null })
  try {
    return { ...server, models: await provider.list(AbortSignal.timeout(PATIENCE_MS)) }
  } catch (error) {
    // Nobody there, or something else listens there: nothing was found. What is no failure of a server is a fault of ours.
    if (!/^(model|step)\./.test(failureOf(error).code)) throw error
    return null
  } finally {
    await provider.close()
  }
}
