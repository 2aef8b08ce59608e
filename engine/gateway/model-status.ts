import { failureOf } from '#graph'
import type { ModelProvider, ProviderModel } from '#run/interfaces.ts'

/** Whether a way to models works, in words for people. */
export interface ModelStatus {
  provider: string
  local: boolean
  reachable: boolean
  models: ProviderModel[]
  message: string
  /** What to do about it; null when there is nothing to do. */
  fix: string | null
}

export async function modelStatus(providers: ModelProvider[], timeoutMs = 2_000): Promise<ModelStatus[]> {
  return Promise.all(providers.map((provider) => statusOf(provider, timeoutMs)))
}

async function statusOf(provider: ModelProvider, timeoutMs: number): Promise<ModelStatus> {
  const { name, local } = provider
  try {
    const models = await provider.list(AbortSignal.timeout(timeoutMs))
    const count = models.length === 1 ? '1 model' : `${models.length} models`
    return {
      provider: name,
      local,
      reachable: true,
      models,
      message:
        models.length === 0
          ? `${name} answers but has no model installed.`
          : `${name} answers with ${count}.`,
      fix: models.length === 0 ? 'Install one, for example: ollama pull llama3.2' : null,
    }
  } catch (error) {
    const { message, fix } = failureOf(error)
    return { provider: name, local, reachable: false, models: [], message, fix }
  }
}
