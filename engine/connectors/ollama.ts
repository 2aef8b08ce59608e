import { type ListResponse, Ollama } from 'ollama'
import { PressroomError } from '#graph'
import type { ModelProvider, ProviderReply, ProviderRequest, PullProgress } from '#run/interfaces.ts'
import { contextSize, estimateTokens } from './context-size.ts'
import {
  type ModelFacts,
  cutOff,
  malformed,
  noModel,
  promptTooLong,
  statusFailure,
  streamBroken,
  withPartial,
} from './models/errors.ts'
import { DEFAULT_TIMEOUTS, type MayReach, type ModelTimeouts, createTransport } from './models/transport.ts'

export const DEFAULT_OLLAMA_URL = 'http://127.0.0.1:11434'

export interface OllamaOptions {
  /** `http://host:port`; a bare `host:port` means http. */
  baseUrl?: string
  timeouts?: Partial<ModelTimeouts>
  /** Whether texts sent there stay on the organisation's own machines. */
  local?: boolean
  /** Left out, any: an address that the operator set. */
  mayReach?: MayReach
  /** How long the server keeps a model in memory, such as `30m`; -1 for ever. */
  keepAlive?: string
}

export interface OllamaProvider extends ModelProvider {
  pull(model: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Every model that Ollama has is known to take at least this much. */
const ASK_ABOVE_TOKENS = 8_192
const LIST_TIMEOUT_MS = 10_000
/** A server checks a download of many gigabytes without saying a word. */
const PULL_IDLE_MS = 600_000
/** Models that turn text into numbers and can't write. */
const EMBEDDER = /embed|minilm|\bbge\b|rerank/i

export function createOllamaProvider(options: OllamaOptions = {}): OllamaProvider {
  const base = baseUrl(options.baseUrl ?? DEFAULT_OLLAMA_URL)
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
  const transport = createTransport(base, timeouts.connectMs, options.mayReach ?? (() => true))
  const url = base.href.replace(/\/$/, '')
  const server = { provider: 'ollama', url } as const
  const contextLengths = new Map<string, number | null>()

  const client = (facts: ModelFacts, signal: AbortSignal, times: ModelTimeouts, lines: boolean) =>
    new Ollama({ host: url, fetch: transport.fetchFor({ signal, timeouts: times, facts, lines }) })

  async function list(signal: AbortSignal = new AbortController().signal) {
    const facts = { ...server, model: null }
    const times = { ...timeouts, firstByteMs: Math.min(timeouts.firstByteMs, LIST_TIMEOUT_MS) }
    const reply = await guarded(facts, () => client(facts, signal, times, false).list())
    return modelsIn(reply, facts)
  }

  async function firstInstalled(signal: AbortSignal): Promise<string> {
    const [first] = await list(signal)
    if (!first) throw noModel({ ...server, model: null })
    return first.name
  }

  /** Null where the server does not say. */
  async function contextLength(model: string, signal: AbortSignal): Promise<number | null> {
    const known = contextLengths.get(model)
    if (known !== undefined) return known
    const facts = { ...server, model }
    const shown = await guarded(facts, () => client(facts, signal, timeouts, false).show({ model }))
    const [, length] =
      Object.entries(shown.model_info ?? {}).find(([key]) => key.endsWith('.context_length')) ?? []
    const found = typeof length === 'number' ? length : null
    contextLengths.set(model, found)
    return found
  }

  async function contextFor(
    request: ProviderRequest,
    facts: ModelFacts & { model: string },
  ): Promise<number> {
    const schema = request.schema ? JSON.stringify(request.schema) : ''
    const promptTokens = estimateTokens(`${request.system}\n${request.prompt}\n${schema}`)
    const wanted = contextSize(promptTokens, request.maxOutputTokens)
    if (wanted <= ASK_ABOVE_TOKENS) return wanted
    const limit = await contextLength(facts.model, request.signal)
    if (limit === null || wanted <= limit) return wanted
    if (promptTokens >= limit) throw promptTooLong(facts, promptTokens, limit)
    return limit
  }

  async function generate(request: ProviderRequest): Promise<ProviderReply> {
    const model = request.model === 'auto' ? await firstInstalled(request.signal) : request.model
    const facts = { ...server, model }
    let text = ''
    try {
      return await guarded(facts, async () => {
        const stream = await client(facts, request.signal, timeouts, true).chat({
          model,
          messages: [
            ...(request.system === '' ? [] : [{ role: 'system', content: request.system }]),
            { role: 'user', content: request.prompt },
          ],
          stream: true,
          ...(options.keepAlive ? { keep_alive: options.keepAlive } : {}),
          ...(request.schema ? { format: request.schema } : {}),
          options: {
            temperature: request.temperature,
            num_predict: request.maxOutputTokens,
            num_ctx: await contextFor(request, facts),
            seed: request.seed,
          },
        })
        let usage = { inputTokens: 0, outputTokens: 0 }
        for await (const part of stream) {
          const piece: unknown = part.message?.content
          if (typeof piece !== 'string') throw malformed(facts, JSON.stringify(part), undefined)
          text += piece
          if (piece !== '') request.onText(piece)
          if (!part.done) continue
          if (part.done_reason === 'length') throw cutOff(facts, request.maxOutputTokens)
          usage = {
            inputTokens: part.prompt_eval_count ?? estimateTokens(`${request.system}${request.prompt}`),
            outputTokens: part.eval_count ?? estimateTokens(text),
          }
        }
        return { text, ...usage }
      })
    } catch (error) {
      throw withPartial(error, text)
    }
  }

  async function pull(model: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal) {
    const facts = { ...server, model }
    const times = { ...timeouts, idleMs: Math.max(timeouts.idleMs, PULL_IDLE_MS) }
    await guarded(facts, async () => {
      const stream = await client(facts, signal, times, true).pull({ model, stream: true })
      for await (const { status, completed, total } of stream) {
        onProgress({ status, completedBytes: completed ?? 0, totalBytes: total ?? 0 })
      }
    })
  }

  return {
    name: 'ollama',
    local: options.local ?? true,
    list,
    generate,
    pull,
    close: () => transport.close(),
  }
}

function baseUrl(address: string): URL {
  try {
    const url = new URL(address.includes('://') ? address : `http://${address}`)
    if (url.protocol === 'http:' || url.protocol === 'https:') return url
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
  throw new PressroomError({
    code: 'config.invalid',
    message: `"${address}" is not an address of a model server.`,
    fix: 'Write it like http://127.0.0.1:11434.',
    facts: { field: 'OLLAMA_HOST', value: address },
  })
}

/** What the package throws of its own: an error line in the stream, an end without `done`, a body that is not JSON. */
async function guarded<T>(facts: ModelFacts, exchange: () => Promise<T>): Promise<T> {
  try {
    return await exchange()
  } catch (error) {
    if (error instanceof PressroomError) throw error
    if (error instanceof SyntaxError) throw malformed(facts, error.message, error)
    const message = error instanceof Error ? error.message : String(error)
    if (/not found|does not exist/i.test(message)) {
      throw statusFailure({ status: 404, headers: {}, body: JSON.stringify({ error: message }) }, facts)
    }
    throw streamBroken(facts, error)
  }
}

function modelsIn(reply: ListResponse, facts: ModelFacts) {
  const models: unknown = reply?.models
  if (!Array.isArray(models)) throw malformed(facts, JSON.stringify(reply), undefined)
  return reply.models
    .filter(({ name, details }) => !EMBEDDER.test(name) && !/bert/i.test(details?.family ?? ''))
    .map(({ name, size }) => ({ name, sizeBytes: typeof size === 'number' ? size : null }))
}
