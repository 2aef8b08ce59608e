/** One error type inside, tRPC and HTTP codes outside. What is not ours leaves without its message. */
import { TRPCError } from '@trpc/server'
import { z } from 'zod'
import { type Failure, PressroomError } from '#graph'

type ErrorCode = TRPCError['code']

const CODE_OF_FAMILY: Record<string, ErrorCode> = {
  not_found: 'NOT_FOUND',
  input: 'BAD_REQUEST',
  flow: 'UNPROCESSABLE_CONTENT',
  conflict: 'CONFLICT',
  limit: 'TOO_MANY_REQUESTS',
  model: 'PRECONDITION_FAILED',
}

const HTTP_OF_CODE: Partial<Record<ErrorCode, number>> = {
  NOT_FOUND: 404,
  BAD_REQUEST: 400,
  UNPROCESSABLE_CONTENT: 422,
  CONFLICT: 409,
  TOO_MANY_REQUESTS: 429,
  PRECONDITION_FAILED: 412,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
}

/** `not_found` and `not_found.run` are both of the family `not_found`. */
export function codeOf(failure: Failure): ErrorCode {
  if (failure.code === 'auth.unauthenticated' || failure.code === 'auth.refused') return 'UNAUTHORIZED'
  const [family = ''] = failure.code.split('.')
  if (family === 'auth') return 'FORBIDDEN'
  return CODE_OF_FAMILY[family] ?? 'INTERNAL_SERVER_ERROR'
}

export const httpStatusOf = (failure: Failure): number => HTTP_OF_CODE[codeOf(failure)] ?? 500

/** Gives an error that passed through tRPC the code of the failure inside it. */
export function toTrpcError(thrown: unknown): TRPCError {
  if (thrown instanceof TRPCError && !(thrown.cause instanceof PressroomError)) return thrown
  const cause = thrown instanceof TRPCError ? thrown.cause : thrown
  if (!(cause instanceof PressroomError)) return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause })
  return new TRPCError({ code: codeOf(cause.failure), message: cause.message, cause })
}

/** What leaves the server for an error of a procedure. */
export function failureFor(error: TRPCError, requestId: string | null): Failure {
  if (error.cause instanceof PressroomError) return error.cause.failure
  if (error.code === 'BAD_REQUEST' && error.cause instanceof z.ZodError) return invalidInput(error.cause)
  if (error.code === 'INTERNAL_SERVER_ERROR') return unexpected(requestId)
  return {
    code: `request.${error.code.toLowerCase()}`,
    message: error.code === 'NOT_FOUND' ? 'There is no such procedure.' : error.message,
    fix: 'Check the request against the API of this version of Pressroom.',
    retryable: false,
    facts: {},
  }
}

export function invalidInput(error: z.ZodError): Failure {
  const issues = error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  const lines = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return {
    code: 'input.invalid',
    message: lines.join('; '),
    fix: issues[0]?.path
      ? `Correct ${issues[0].path} and send it again.`
      : 'Correct the input and send it again.',
    retryable: false,
    facts: { issues },
  }
}

export function unexpected(requestId: string | null): Failure {
  return {
    code: 'internal.unexpected',
    message: 'Something unexpected went wrong on the server.',
    fix: requestId
      ? `Look in the server log for request ${requestId}; report it if it happens again.`
      : 'Look in the server log; report it if it happens again.',
    retryable: false,
    facts: requestId ? { requestId } : {},
  }
}

/** A row of another organisation and one that never was are the same thing to the outside. */
export function notFound(what: string, id: string): PressroomError {
  return new PressroomError({
    code: `not_found.${what}`,
    message: `There is no such ${what}.`,
    fix: 'Check the address, or open it from the list.',
    facts: { id },
  })
}
