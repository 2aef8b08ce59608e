import { PressroomError } from '#graph'

export interface OllamaFacts {
  url: string
  model: string | null
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

export function cancelled(facts: OllamaFacts, cause: unknown): PressroomError {
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

export function unreachable(facts: OllamaFacts, cause: unknown): PressroomError {
  const problem = codeOf(cause)
  return new PressroomError(
    {
      code: 'model.unreachable',
      message: `No model server answers at ${facts.url}${problem === null ? '' : ` (${problem})`}.`,
      fix: 'Start Ollama (ollama serve), or correct its address in OLLAMA_HOST.',
      retryable: true,
      facts: { ...facts, problem },
    },
    cause,
  )
}

export function timedOut(facts: OllamaFacts, waitedFor: string, ms: number): PressroomError {
  return new PressroomError({
    code: 'model.timeout',
    message: `The model server at ${facts.url} did not send ${waitedFor} within ${ms / 1000} s.`,
    fix: 'Try a smaller model, or see whether the server is busy with other work.',
    retryable: true,
    facts: { ...facts, waitedFor, timeoutMs: ms },
  })
}

export function streamBroken(facts: OllamaFacts, cause: unknown): PressroomError {
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

export function malformed(facts: OllamaFacts, line: string, cause: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'model.malformed',
      message: `The model server at ${facts.url} sent something that is not a reply of Ollama's API.`,
      fix: 'Check that the address is that of an Ollama server and that no proxy changes its replies.',
      retryable: true,
      facts: { ...facts, line: quoted(line) },
    },
    cause,
  )
}

export function noModel(facts: OllamaFacts): PressroomError {
  return new PressroomError({
    code: 'model.not_found',
    message: `The model server at ${facts.url} has no model that can write.`,
    fix: 'Install one, for example: ollama pull llama3.2',
    facts: { ...facts },
  })
}

export function cutOff(facts: OllamaFacts, maxOutputTokens: number): PressroomError {
  return new PressroomError({
    code: 'model.cut_off',
    message: `${facts.model ?? 'The model'} reached the limit of ${maxOutputTokens} tokens before its reply was finished.`,
    fix: 'Raise the output limit of the model configuration, or ask for less.',
    facts: { ...facts, maxOutputTokens },
  })
}

export function promptTooLong(facts: OllamaFacts, tokens: number, limit: number): PressroomError {
  return new PressroomError({
    code: 'model.prompt_too_long',
    message: `The prompt has about ${tokens} tokens; ${facts.model ?? 'the model'} can take ${limit} with its reply.`,
    fix: 'Shorten the brief or the text, or choose a model with a larger context.',
    facts: { ...facts, tokens, limit },
  })
}

export function statusFailure(
  status: number,
  retryAfter: string | string[] | undefined,
  body: string,
  facts: OllamaFacts,
): PressroomError {
  const problem = problemIn(body)
  const known = { ...facts, status, problem: quoted(problem) }
  if (status === 404 && facts.model !== null) {
    return new PressroomError({
      code: 'model.not_found',
      message: `The model server at ${facts.url} has no model "${facts.model}".`,
      fix: `Install it: ollama pull ${facts.model}`,
      facts: known,
    })
  }
  if (status === 429 || status === 503) {
    const wait = retryAfterMs(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter)
    return new PressroomError({
      code: 'model.overloaded',
      message: `The model server at ${facts.url} is busy (HTTP ${status}).`,
      fix: 'Wait, or let fewer model calls run at once.',
      retryable: true,
      facts: { ...known, retryAfterMs: wait },
    })
  }
  if (status >= 500) {
    return new PressroomError({
      code: 'model.server_error',
      message: `The model server at ${facts.url} failed (HTTP ${status}): ${quoted(problem)}`,
      fix: "Look in the model server's log; often the model needs more memory than there is.",
      retryable: true,
      facts: known,
    })
  }
  return new PressroomError({
    code: 'model.refused',
    message: `The model server at ${facts.url} refused the request (HTTP ${status}): ${quoted(problem)}`,
    fix: 'Check that the address is that of an Ollama server and that the model can do what is asked.',
    facts: known,
  })
}

function problemIn(body: string): string {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null && 'error' in value && typeof value.error === 'string') {
      return value.error
    }
  } catch {
    // Not JSON: the body itself is what the server said.
  }
  return body.trim()
}

/** Seconds or a date, as HTTP allows; null when the server named no time. */
function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now())
}
