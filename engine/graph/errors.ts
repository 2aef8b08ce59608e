/** The one error type of Pressroom. It crosses every border as data; HTTP and tRPC codes derive from `code`. */
export interface Failure {
  /** Stable, machine-readable, such as `model.unreachable`. */
  code: string
  /** What happened, in a sentence for people. */
  message: string
  /** What to do next, in a sentence for people. */
  fix: string
  /** Whether the same attempt may succeed later without anybody changing anything. */
  retryable: boolean
  /** Details: ids, paths, figures, the reply that could not be read. Never a secret. */
  facts: Record<string, unknown>
}

export class PressroomError extends Error {
  readonly failure: Failure

  constructor(failure: Omit<Failure, 'facts' | 'retryable'> & Partial<Failure>, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause })
    this.name = 'PressroomError'
    this.failure = { retryable: false, facts: {}, ...failure }
  }
}

/** Any thrown thing as a failure; what is not ours is an unexpected, terminal one. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof PressroomError) return thrown.failure
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return {
    code: 'internal.unexpected',
    message: `Something unexpected went wrong: ${message}`,
    fix: 'Look in the server log for this run; report it if it happens again.',
    retryable: false,
    facts: {},
  }
}
