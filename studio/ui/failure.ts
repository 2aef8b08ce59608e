import { TRPCClientError } from '@trpc/client'
import type { Failure } from '#graph'

/** What went wrong, in words, from anything that a call to the engine may throw. */
export function failureFrom(thrown: unknown): Failure {
  if (thrown instanceof TRPCClientError) {
    const failure: unknown = thrown.data?.failure
    if (isFailure(failure)) return failure
    if (thrown.data === undefined || thrown.data === null) return unreachable(thrown)
  }
  if (thrown instanceof TypeError) return unreachable(thrown)
  return {
    code: 'studio.unexpected',
    message: `Something unexpected went wrong: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    fix: 'Reload the page. If it happens again, look in the server log.',
    retryable: false,
    facts: {},
  }
}

/** Whether the engine answered that nobody is signed in. */
export function isSignedOut(thrown: unknown): boolean {
  return thrown instanceof TRPCClientError && thrown.data?.httpStatus === 401
}

function unreachable(thrown: Error): Failure {
  return {
    code: 'studio.unreachable',
    message: 'Pressroom’s server does not answer.',
    fix: 'Check that it is still running (npm start) and that this machine reaches it, then try again.',
    retryable: true,
    facts: { reason: thrown.message },
  }
}

export function isFailure(value: unknown): value is Failure {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'fix' in value
  )
}
