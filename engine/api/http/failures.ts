import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Redactor } from '#access'
import { type Failure, PressroomError } from '#graph'
import { httpStatusOf, unexpected } from '../errors.ts'

/** Answers every error outside tRPC as `{ failure }`; stacks and inner messages stay in the log. */
export function answerFailures(app: FastifyInstance, redactor: Pick<Redactor, 'json'>): void {
  app.setErrorHandler<FastifyError | PressroomError>((error, request, reply) => {
    const send = (code: number, failure: Failure) => sendFailure(reply, code, redactor.json(failure))
    if (error instanceof PressroomError) return send(httpStatusOf(error.failure), error.failure)
    const status = error.statusCode ?? 500
    if (status < 500) return send(status, refusal(status, error, request.routeOptions.bodyLimit))
    request.log.error({ err: error, requestId: request.id }, 'request failed')
    return send(500, unexpected(request.id))
  })
}

export function sendFailure(reply: FastifyReply, status: number, failure: Failure): FastifyReply {
  const wait = failure.facts['retryAfterMs']
  if (typeof wait === 'number') reply.header('retry-after', Math.ceil(wait / 1_000))
  return reply.code(status).header('cache-control', 'no-store').type('application/json').send({ failure })
}

export function noSuchPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendFailure(reply, 404, {
    code: 'not_found.path',
    message: 'There is nothing at this address.',
    fix: 'Check the address, or start from the first page.',
    retryable: false,
    facts: { method: request.method },
  })
}

function refusal(status: number, error: FastifyError, maxBytes: number): Failure {
  const tooLarge = status === 413
  return {
    code: tooLarge ? 'input.too_large' : status === 429 ? 'limit.requests' : 'input.unreadable',
    message: tooLarge
      ? `The request is larger than the ${maxBytes / 1_024} KiB that are taken here.`
      : error.message,
    fix: tooLarge ? 'Send less at once.' : 'Check the request and send it again.',
    retryable: status === 429,
    facts: {},
  }
}
