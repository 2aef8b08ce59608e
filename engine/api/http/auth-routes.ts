import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Failure, PressroomError } from '#graph'
import { AUTH_PATH, CLIENT_ADDRESS_HEADER } from '../auth/better-auth.ts'
import type { Identity } from '../auth/identity.ts'
import { httpStatusOf } from '../errors.ts'
import { sendFailure } from './failures.ts'
import { headersOf, originOf } from './headers.ts'
import { refuseForeign } from './origin.ts'

const SIGN_INS_PER_MINUTE = 10
const AUTH_BODY_BYTES = 16 * 1024

/** The two of better-auth's routes that the studio needs. Its others, sign-up among them, are not there at all. */
export async function addAuthRoutes(
  app: FastifyInstance,
  identity: Identity,
  publicUrl: string,
): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(rateLimit, {
      global: false,
      errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
    })
    const answer = (request: FastifyRequest, reply: FastifyReply) => {
      refuseForeign(publicUrl, originOf(request))
      return forward(request, reply, identity, publicUrl)
    }
    const limit = { rateLimit: { max: SIGN_INS_PER_MINUTE, timeWindow: '1 minute' } }
    scope.post(`${AUTH_PATH}/sign-in/email`, { bodyLimit: AUTH_BODY_BYTES, config: limit }, answer)
    scope.post(`${AUTH_PATH}/sign-out`, { bodyLimit: AUTH_BODY_BYTES }, answer)
  })
}

async function forward(request: FastifyRequest, reply: FastifyReply, identity: Identity, publicUrl: string) {
  const headers = headersOf(request)
  headers.delete('content-length')
  headers.set('content-type', 'application/json')
  headers.set(CLIENT_ADDRESS_HEADER, request.ip)
  // Programs send none; what a browser sent was checked above.
  if (!headers.has('origin')) headers.set('origin', new URL(publicUrl).origin)
  const body = JSON.stringify(request.body ?? {})
  const response = await identity.handle(
    new Request(new URL(request.url, publicUrl), { method: request.method, headers, body }),
  )
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  reply.header('cache-control', 'no-store')
  if (response.ok) return reply.code(200).send({ ok: true })
  if (response.status >= 500)
    throw new Error(`better-auth answered ${response.status}: ${await response.text()}`)
  const refused = response.status === 401 ? wrongCredentials : notTaken
  return sendFailure(reply, httpStatusOf(refused), refused)
}

const wrongCredentials: Failure = {
  code: 'auth.refused',
  message: 'This e-mail address and password do not belong together.',
  fix: 'Check both and try again.',
  retryable: false,
  facts: {},
}

const notTaken: Failure = {
  code: 'input.invalid',
  message: 'An e-mail address and a password are needed to sign in.',
  fix: 'Fill in both and try again.',
  retryable: false,
  facts: {},
}

function tooMany(waitMs: number): PressroomError {
  return new PressroomError({
    code: 'limit.sign_ins',
    message: 'There were too many attempts to sign in from here in a short time.',
    fix: 'Wait a minute, then try again.',
    retryable: true,
    facts: { retryAfterMs: waitMs },
  })
}
