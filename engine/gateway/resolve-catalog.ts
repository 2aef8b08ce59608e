import type { Catalog, ModelConfiguration } from '#graph'
import type { ModelProvider } from '#run/interfaces.ts'

export interface ResolveOptions {
  /** An Ollama address was given in the configuration: it is used even when it does not answer. */
  ollamaConfigured: boolean
  /** Model to use with Ollama; without one the first that it lists. */
  ollamaModel?: string
  /** How long an Ollama that nobody configured may take to answer. */
  probeMs?: number
  signal?: AbortSignal
}

const PROBE_MS = 300
/** Runs that start shortly after one another ask a model server once. */
const ANSWER_HOLDS_MS = 1_000
const CONFIGURED_PROBE_MS = 5_000
export const SAMPLE_LABEL = 'Sample model: no AI'

type Choice = Pick<ModelConfiguration, 'provider' | 'model' | 'label' | 'local'>

/** Resolves catalogues as `resolveCatalog` does, with one look at the model servers a second. */
export function createCatalogResolver(
  providers: ModelProvider[],
  options: ResolveOptions,
): (catalog: Catalog) => Promise<Catalog> {
  let asked = -Infinity
  let choice: Promise<Choice> | null = null
  return (catalog) =>
    resolved(catalog, () => {
      if (choice !== null && performance.now() - asked < ANSWER_HOLDS_MS) return choice
      asked = performance.now()
      return (choice = choose(providers, options))
    })
}

/** The catalog with every configuration of provider `auto` bound to a model server that is there. */
export async function resolveCatalog(
  catalog: Catalog,
  providers: ModelProvider[],
  options: ResolveOptions,
): Promise<Catalog> {
  return resolved(catalog, () => choose(providers, options))
}

async function resolved(catalog: Catalog, ask: () => Promise<Choice>): Promise<Catalog> {
  if (!catalog.models.some((model) => model.provider === 'auto')) return catalog
  const choice = await ask()
  return {
    ...catalog,
    models: catalog.models.map((model) => (model.provider === 'auto' ? { ...model, ...choice } : model)),
  }
}

async function choose(providers: ModelProvider[], options: ResolveOptions): Promise<Choice> {
  const ollama = providers.find((provider) => provider.name === 'ollama')
  const sample: Choice = { provider: 'sample', model: 'sample-1', label: SAMPLE_LABEL, local: true }
  if (!ollama) return sample
  const through = (model: string): Choice => ({
    provider: 'ollama',
    model,
    label: model === 'auto' ? 'Ollama: first installed model' : `Ollama: ${model}`,
    local: ollama.local,
  })
  if (options.ollamaConfigured) {
    return through(options.ollamaModel ?? (await firstModel(ollama, CONFIGURED_PROBE_MS, options)) ?? 'auto')
  }
  const first = await firstModel(ollama, options.probeMs ?? PROBE_MS, options)
  return first === null ? sample : through(options.ollamaModel ?? first)
}

/**
 * Null when it does not answer in time or has no model. That is an answer here, not a fault: with a configured
 * address the model stays `auto`, so that the call itself meets the fault and reports it on its step.
 */
async function firstModel(
  provider: ModelProvider,
  ms: number,
  options: ResolveOptions,
): Promise<string | null> {
  const timeout = AbortSignal.timeout(ms)
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout
  try {
    return (await provider.list(signal))[0]?.name ?? null
  } catch (error) {
    if (options.signal?.aborted) throw error
    return null
  }
}
