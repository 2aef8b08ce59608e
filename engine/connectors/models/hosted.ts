/**
 * Job: models behind an HTTP API that streams its replies as server-sent events. Boundary: what a request and an event
 * look like is the protocol's; this file decides when a reply is one.
 *
 * M1 A reply that did not end, ended at a limit or was declined is an error with what there was of it, never a text.
 * M2 A prompt that does not fit, or that the server cut, is an error.
 * M3 A parameter that a model does not know is left out from then on; what is asked never changes otherwise.
 */
import { PressroomError } from '#graph'
import type { ModelProvider, ProviderModel, ProviderReply, ProviderRequest } from '#run/interfaces.ts'
import { estimateTokens } from '../context-size.ts'
import {
  type ModelFacts,
  type ModelServer,
  cutOff,
  declined,
  malformed,
  messageIn,
  promptCut,
  promptTooLong,
  statusFailure,
  streamBroken,
  withPartial,
} from './errors.ts'
import { serverEvents } from './server-events.ts'
import { DEFAULT_TIMEOUTS, type MayReach, type ModelTimeouts, createTransport } from './transport.ts'

/** What one event adds to a reply. `end`: it is complete, reached a limit, or was declined for this reason. */
export interface Piece {
  text?: string
  inputTokens?: number
  outputTokens?: number
  end?: 'complete' | 'length' | { declined: string }
}

export interface Protocol {
  provider: ModelServer
  /** Where requests go to, from what an admin entered. */
  base(address: URL): URL
  headers(key: string): Record<string, string>
  /** `without`: names of parameters that the model refused. Paths go below the base. */
  ask(request: ProviderRequest, without: ReadonlySet<string>): { path: string; body: object }
  /** Null for an event that is none of this API. */
  read(event: unknown): Piece | null
  listPath: string
  models(reply: unknown): ProviderModel[] | null
}

export interface HostedOptions {
  baseUrl: string
  key: string | null
  local: boolean
  mayReach: MayReach
  /** What the server can read and write at once, where it does not say so itself. */
  contextTokens?: number
  timeouts?: Partial<ModelTimeouts>
}

const LIST_TIMEOUT_MS = 10_000
/** Parameters that only some models take. */
const OPTIONAL = ['temperature', 'seed', 'max_tokens', 'stream_options']
const UNKNOWN = /unsupported|not support|unrecogni[sz]ed|unknown|extra|not permitted|deprecated|not allowed/i
/** Models with tokens that span words read a little less than there are words. */
const TOKENS_PER_WORD = 0.9

export function createHostedProvider(
  protocol: Protocol,
  options: HostedOptions,
): ModelProvider & { close(): Promise<void> } {
  const base = protocol.base(new URL(options.baseUrl))
  const url = base.href.replace(/\/$/, '')
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
  const transport = createTransport(base, timeouts.connectMs, options.mayReach)
  const refused = new Map<string, Set<string>>()

  async function exchange(path: string, facts: ModelFacts, signal: AbortSignal, body?: object) {
    const times = body
      ? timeouts
      : { ...timeouts, firstByteMs: Math.min(timeouts.firstByteMs, LIST_TIMEOUT_MS) }
    const send = transport.fetchFor({ signal, timeouts: times, facts, lines: false })
    return send(`${url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(options.key === null ? {} : protocol.headers(options.key)),
        ...(body ? { 'content-type': 'application/json', accept: 'text/event-stream' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  }

  async function list(signal: AbortSignal = new AbortController().signal): Promise<ProviderModel[]> {
    const facts = { provider: protocol.provider, url, model: null }
    const text = await (await exchange(protocol.listPath, facts, signal)).text()
    const models = protocol.models(parsed(text, facts))
    if (!models) throw malformed(facts, text, undefined)
    return models
  }

  /** M3 */
  async function begin(request: ProviderRequest, facts: ModelFacts): Promise<Response> {
    const without = refused.get(request.model) ?? new Set()
    const { path, body } = protocol.ask(request, without)
    try {
      return await exchange(path, facts, request.signal, body)
    } catch (error) {
      const name = unknownParameter(error, without)
      if (name === null) throw error
      refused.set(request.model, new Set([...without, name]))
      return begin(request, facts)
    }
  }

  async function generate(given: ProviderRequest): Promise<ProviderReply> {
    const model = given.model === 'auto' ? await firstModel(given.signal) : given.model
    const request = { ...given, model }
    const facts = { provider: protocol.provider, url, model }
    const prompt = `${request.system}\n${request.prompt}`
    const estimated = estimateTokens(prompt)
    if (options.contextTokens !== undefined && estimated >= options.contextTokens)
      throw promptTooLong(facts, estimated, options.contextTokens) // M2
    let text = ''
    const counted: { inputTokens?: number; outputTokens?: number } = {}
    let end: Piece['end']
    try {
      const { body } = await begin(request, facts)
      for await (const event of body ? serverEvents(body) : []) {
        if (event === '[DONE]') break
        const piece = read(event, facts)
        end = piece.end ?? end
        counted.inputTokens = piece.inputTokens ?? counted.inputTokens
        counted.outputTokens = piece.outputTokens ?? counted.outputTokens
        if (!piece.text) continue
        text += piece.text
        request.onText(piece.text)
      }
      if (end === undefined) throw streamBroken(facts, new Error('It has no end.')) // M1
    } catch (error) {
      throw withPartial(error, text)
    }
    if (typeof end === 'object') throw declined(facts, end.declined, text)
    if (end === 'length') throw withPartial(cutOff(facts, request.maxOutputTokens), text)
    const least = Math.floor(words(prompt) * TOKENS_PER_WORD)
    // A server that counts nothing says 0.
    const inputTokens = counted.inputTokens || estimated
    const outputTokens = counted.outputTokens || estimateTokens(text)
    if (inputTokens < least) throw promptCut(facts, inputTokens, least) // M2
    return { text, inputTokens, outputTokens }
  }

  async function firstModel(signal: AbortSignal): Promise<string> {
    const [first] = await list(signal)
    if (first) return first.name
    throw malformed({ provider: protocol.provider, url, model: null }, 'no models', undefined)
  }

  function read(event: string, facts: ModelFacts): Piece {
    const value = parsed(event, facts)
    const piece = protocol.read(value)
    if (piece) return piece
    if (typeof value !== 'object' || value === null || !('error' in value))
      throw malformed(facts, event, undefined)
    throw statusFailure({ status: statusIn(event), headers: {}, body: messageIn(value) ?? event }, facts)
  }

  return {
    name: protocol.provider,
    local: options.local,
    url,
    list,
    generate,
    close: () => transport.close(),
  }
}

function parsed(text: string, facts: ModelFacts): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformed(facts, text, error)
  }
}

/** Errors in the middle of a stream come after HTTP has said 200. */
function statusIn(event: string): number {
  if (/overloaded/i.test(event)) return 529
  return /rate_limit|resource_exhausted/i.test(event) ? 429 : 500
}

function unknownParameter(error: unknown, without: ReadonlySet<string>): string | null {
  if (!(error instanceof PressroomError) || error.failure.code !== 'model.refused') return null
  const problem = String(error.failure.facts['problem'])
  if (!UNKNOWN.test(problem)) return null
  return OPTIONAL.find((name) => !without.has(name) && new RegExp(`\\b${name}\\b`, 'i').test(problem)) ?? null
}

/** Every word has a token of its own at least, in whatever tokenizer: a bound from below. */
const words = (text: string): number => text.match(/\S*[\p{L}\p{N}]\S*/gu)?.length ?? 0
