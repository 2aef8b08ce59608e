import { PressroomError } from '#graph'

export type ModelServer = 'ollama' | 'openai-compatible' | 'anthropic' | 'google'

export interface ModelFacts {
  provider: ModelServer
  url: string
  model: string | null
}

/** What people call its API. */
const API_NAMES: Record<ModelServer, string> = {
  ollama: 'Ollama’s API',
  'openai-compatible': 'an OpenAI-compatible API',
  anthropic: 'Anthropic’s API',
  google: 'Google’s Gemini API',
}

/** A long enough piece of what the server said to find the fault in. */
const MAX_QUOTED = 2_000
const quoted = (text: string): string => (text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text)

const codeOf = (error: unknown): string | null => {
  if (typeof error !== 'object' || error === null) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return 'cause' in error ? codeOf(error.cause) : null
}

export function cancelled(facts: ModelFacts, cause: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'step.cancelled',
      message: 'The model call was stopped because its step was cancelled.',
      fix: 'Start the run again if the result is still wanted.',
      facts: { ...facts },
    },
    cause,
  )
}

export function unreachable(facts: ModelFacts, cause: unknown): PressroomError {
  const problem = codeOf(cause)
  return new PressroomError(
    {
      code: 'model.unreachable',
      message: `No model server answers at ${facts.url}${problem === null ? '' : ` (${problem})`}.`,
      fix:
        facts.provider === 'ollama'
          ? 'Start Ollama (ollama serve), or correct its address in OLLAMA_HOST or in its connection.'
          : 'Start the server, or correct the address of its connection.',
      retryable: true,
      facts: { ...facts, problem },
    },
    cause,
  )
}

export function timedOut(facts: ModelFacts, waitedFor: string, ms: number): PressroomError {
  return new PressroomError({
    code: 'model.timeout',
    message: `The model server at ${facts.url} did not send ${waitedFor} within ${ms / 1000} s.`,
    fix: 'Try a smaller model, or see whether the server is busy with other work.',
    retryable: true,
    facts: { ...facts, waitedFor, timeoutMs: ms },
  })
}

export function streamBroken(facts: ModelFacts, cause: unknown): PressroomError {
  const problem = cause instanceof Error ? cause.message : String(cause)
  return new PressroomError(
    {
      code: 'model.stream_broken',
      message: `The reply of the model server at ${facts.url} broke off before its end.`,
      fix: "Try again. If it happens often, look in the model server's log.",
      retryable: true,
      facts: { ...facts, problem },
    },
    cause,
  )
}

export function malformed(facts: ModelFacts, line: string, cause: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'model.malformed',
      message: `The model server at ${facts.url} sent something that is not a reply of ${API_NAMES[facts.provider]}.`,
      fix: 'Check that the address is that of such a server and that no proxy changes its replies.',
      retryable: true,
      facts: { ...facts, line: quoted(line) },
    },
    cause,
  )
}

export function noModel(facts: ModelFacts): PressroomError {
  return new PressroomError({
    code: 'model.not_found',
    message: `The model server at ${facts.url} has no model that can write.`,
    fix:
      facts.provider === 'ollama'
        ? 'Install one, for example: ollama pull llama3.2'
        : 'Load a model in the server, or name one in the model configuration.',
    facts: { ...facts },
  })
}

export function cutOff(facts: ModelFacts, maxOutputTokens: number): PressroomError {
  return new PressroomError({
    code: 'model.cut_off',
    message: `${facts.model ?? 'The model'} reached the limit of ${maxOutputTokens} tokens before its reply was finished.`,
    fix: 'Raise the output limit of the model configuration, or ask for less.',
    facts: { ...facts, maxOutputTokens },
  })
}

export function promptTooLong(facts: ModelFacts, tokens: number, limit: number): PressroomError {
  return new PressroomError({
    code: 'model.prompt_too_long',
    message: `The prompt has about ${tokens} tokens; ${facts.model ?? 'the model'} can take ${limit} with its reply.`,
    fix: 'Shorten the brief or the text, or choose a model with a larger context.',
    facts: { ...facts, tokens, limit },
  })
}

export interface Refusal {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** 401 and 403 by all; Google says it with 400. */
const WRONG_KEY = /api[_ ]key[_ ](not[_ ]valid|invalid)|invalid[_ ](x-)?api[_ -]?key|incorrect api key/i
const TOO_LONG =
  /context[_ ](length|size|window)|maximum context|prompt is too long|exceeds? (the )?(maximum|available)[^.]{0,40}(token|context)|too many (input )?tokens/i
const OUT_OF_MONEY = /insufficient_quota|credit balance|billing/i

export function statusFailure({ status, headers, body }: Refusal, facts: ModelFacts): PressroomError {
  const problem = problemIn(body)
  const known = { ...facts, status, problem: quoted(problem) }
  if (status === 401 || status === 403 || (status === 400 && WRONG_KEY.test(body))) {
    return new PressroomError({
      code: 'model.key_refused',
      message: `The model server at ${facts.url} does not accept the key (HTTP ${status}): ${quoted(problem)}`,
      fix: 'Enter the right key in the connection, and check that it may use this model.',
      facts: known,
    })
  }
  if (OUT_OF_MONEY.test(body) && status >= 400 && status < 500) {
    return new PressroomError({
      code: 'model.quota',
      message: `The account at ${facts.url} is used up (HTTP ${status}): ${quoted(problem)}`,
      fix: 'Look at the billing page of the provider, or choose another model.',
      facts: known,
    })
  }
  if (status === 429 || status === 503 || status === 529) return overloaded(facts, known, headers, body)
  if ((status === 400 || status === 413 || status === 422) && TOO_LONG.test(body)) {
    return new PressroomError({
      code: 'model.prompt_too_long',
      message: `The prompt is longer than ${facts.model ?? 'the model'} can take: ${quoted(problem)}`,
      fix: 'Shorten the brief or the text, or choose a model with a larger context.',
      facts: known,
    })
  }
  if (status === 404 && facts.model !== null) {
    return new PressroomError({
      code: 'model.not_found',
      message: `The model server at ${facts.url} has no model "${facts.model}".`,
      fix:
        facts.provider === 'ollama'
          ? `Install it: ollama pull ${facts.model}`
          : 'Choose one of its models in the model configuration, and check the address of the connection.',
      facts: known,
    })
  }
  if (status >= 500) {
    return new PressroomError({
      code: 'model.server_error',
      message: `The model server at ${facts.url} failed (HTTP ${status}): ${quoted(problem)}`,
      fix:
        facts.provider === 'ollama'
          ? "Look in the model server's log; often the model needs more memory than there is."
          : "Try again. If it happens often, look in the model server's log or at the provider's status page.",
      retryable: true,
      facts: { ...known, ...hintOf(headers, body) },
    })
  }
  return new PressroomError({
    code: 'model.refused',
    message: `The model server at ${facts.url} refused the request (HTTP ${status}): ${quoted(problem)}`,
    fix: `Check that the address is that of ${API_NAMES[facts.provider]} and that the model can do what is asked.`,
    facts: known,
  })
}

function overloaded(
  facts: ModelFacts,
  known: ModelFacts & { status: number },
  headers: Refusal['headers'],
  body: string,
): PressroomError {
  return new PressroomError({
    code: 'model.overloaded',
    message: `The model server at ${facts.url} is busy (HTTP ${known.status}).`,
    fix: 'Wait, or let fewer model calls run at once.',
    retryable: true,
    facts: { ...known, retryAfterMs: null, ...hintOf(headers, body) },
  })
}

/** The model itself said no: asked again it would say the same. */
export function declined(facts: ModelFacts, reason: string, partial: string): PressroomError {
  return new PressroomError({
    code: 'model.declined',
    message: `${facts.model ?? 'The model'} did not answer: ${reason}.`,
    fix: 'Change what is asked, or choose another model.',
    facts: { ...facts, reason, partial: quoted(partial) },
  })
}

/** Servers that cut a prompt say nothing of it, but they count what they read. */
export function promptCut(facts: ModelFacts, read: number, least: number): PressroomError {
  return new PressroomError({
    code: 'model.prompt_cut',
    message: `${facts.model ?? 'The model'} read ${read} tokens of a prompt that has at least ${least}: its beginning or middle was cut.`,
    fix: 'Load the model with a larger context in the model server, or shorten the brief.',
    facts: { ...facts, read, least },
  })
}

function problemIn(body: string): string {
  try {
    const value: unknown = JSON.parse(body)
    const said = messageIn(value)
    if (said !== null) return said
  } catch {
    // Not JSON: the body itself is what the server said.
  }
  return body.trim()
}

/** `{error: "…"}`, `{error: {message}}`, `[{error: {message}}]` and `{message}` are all in use. */
export function messageIn(value: unknown): string | null {
  if (Array.isArray(value)) return messageIn(value[0])
  if (typeof value !== 'object' || value === null) return null
  if ('error' in value) return typeof value.error === 'string' ? value.error : messageIn(value.error)
  return 'message' in value && typeof value.message === 'string' ? value.message : null
}

/** When the server wants to be asked again; nothing where it did not say. */
function hintOf(headers: Refusal['headers'], body: string): { retryAfterMs?: number } {
  const one = (name: string) => [headers[name]].flat()[0]
  const exact = Number(one('retry-after-ms') ?? Number.NaN)
  const inBody = /"retryDelay"\s*:\s*"([\d.]+)s"/.exec(body)?.[1]
  const ms = [
    exact,
    retryAfterMs(one('retry-after')),
    inBody === undefined ? null : Number(inBody) * 1_000,
  ].find((each) => each !== null && Number.isFinite(each))
  return ms === undefined || ms === null ? {} : { retryAfterMs: Math.round(ms) }
}

/** Seconds or a date, as HTTP allows; null when the server named no time. */
function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now())
}

/** The same failure with what there was of the reply. */
export function withPartial(error: unknown, partial: string): unknown {
  if (!(error instanceof PressroomError) || partial === '') return error
  return new PressroomError({ ...error.failure, facts: { ...error.failure.facts, partial } }, error)
}
