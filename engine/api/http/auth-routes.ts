/** The routes of better-auth that the studio needs. Its others, sign-up among them, are not there at all. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Failure, PressroomError } from '#graph'
import { AUTH_PATH, CLIENT_ADDRESS_HEADER } from '../auth/better-auth.ts'
import { unauthenticated } from '../auth/admitted.ts'
import { refusalOf } from '../auth/refusals.ts'
import type { Identity } from '../auth/identity.ts'
import { invalidInput } from '../errors.ts'
import { headersOf, originOf } from './headers.ts'
import { refuseForeign } from './origin.ts'

const AUTH_BODY_BYTES = 16 * 1024

const text = z.string().max(1_000)
const code = z
  .string()
  .max(100)
  .transform((typed) => typed.replaceAll(/\s/g, ''))
const password = z.strictObject({ password: text })
const answerSchema = z.object({
  token: z.string().nullish(),
  user: z.object({ id: z.string() }).nullish(),
  twoFactorRedirect: z.boolean().nullish(),
  totpURI: z.string().nullish(),
  backupCodes: z.array(z.string()).nullish(),
})
type Answer = z.infer<typeof answerSchema>

export async function addAuthRoutes(
  app: FastifyInstance,
  identity: Identity,
  publicUrl: string,
): Promise<void> {
  const { attempts, entries } = identity
  const ask = (request: FastifyRequest, reply: FastifyReply, body: unknown) =>
    forward(request, reply, body, { identity, publicUrl })

  function route<T>(path: string, schema: z.ZodType<T>, answer: Handler<T>): void {
    app.post(`${AUTH_PATH}/${path}`, { bodyLimit: AUTH_BODY_BYTES }, async (request, reply) => {
      refuseForeign(publicUrl, originOf(request))
      reply.header('cache-control', 'no-store')
      return answer(request, reply, parsed(schema, request.body ?? {}))
    })
  }
  /** One that asks for something that could be guessed. */
  function guarded<T>(path: string, schema: z.ZodType<T>, answer: Handler<T>): void {
    route(path, schema, async (request, reply, body) => {
      await attempts.takeEntry(request.ip)
      const answered = await answer(request, reply, body)
      await attempts.giveBackEntry(request.ip)
      return answered
    })
  }
  const note = (action: string, outcome: 'done' | 'refused', request: FastifyRequest, who: Who) =>
    entries.note({ action, outcome, who, from: request.ip, requestId: request.id })

  guarded('sign-in/email', z.strictObject({ email: text, password: text }), async (request, reply, body) => {
    const email = body.email.trim().toLowerCase()
    await attempts.take('account', email)
    let answer: Answer
    try {
      answer = await ask(request, reply, { ...body, email })
    } catch (error) {
      if (error instanceof PressroomError) note('account.signIn', 'refused', request, { email })
      throw error
    }
    await attempts.forget('account', email)
    await identity.signedInWith(email, body.password)
    if (answer.twoFactorRedirect) return { ok: true, twoFactor: true }
    note('account.signIn', 'done', request, { email })
    return { ok: true }
  })

  route('sign-out', z.unknown(), async (request, reply) => {
    await ask(request, reply, {})
    return { ok: true }
  })

  const secondStep = z.strictObject({ code, trustDevice: z.boolean().optional() })
  guarded('two-factor/verify-totp', secondStep, async (request, reply, body) => {
    const before = await identity.accountOf(headersOf(request))
    const { user, token } = await ask(request, reply, body)
    const first = user ? await identity.firstUse(user.id, body.code) : true
    if (!before && token && !first) {
      // The code was right, but it had been right before.
      await identity.endSession(token)
      reply.removeHeader('set-cookie')
      throw refusalOf('INVALID_CODE')
    }
    const action = before && !before.twoFactor ? 'account.enableTwoFactor' : 'account.signIn'
    if (user && (!before || !before.twoFactor)) note(action, 'done', request, { userId: user.id })
    return { ok: true }
  })
  guarded('two-factor/verify-backup-code', secondStep, async (request, reply, body) => {
    const { user } = await ask(request, reply, body)
    if (user) note('account.signInWithBackupCode', 'done', request, { userId: user.id })
    return { ok: true }
  })

  /** What whoever is signed in confirms with their password. */
  const confirmed = (
    path: string,
    action: string | null,
    pick: (answer: Answer) => object = ({ backupCodes }) => ({ backupCodes }),
  ) =>
    route(`two-factor/${path}`, password, async (request, reply, body) => {
      const account = await identity.accountOf(headersOf(request))
      if (!account) throw unauthenticated()
      await attempts.take('password', account.id)
      const answer = await ask(request, reply, body)
      await attempts.forget('password', account.id)
      if (action !== null) note(action, 'done', request, { userId: account.id })
      return { ok: true, ...pick(answer) }
    })
  // It is on, and told of, once a first code was right.
  confirmed('enable', null, ({ totpURI, backupCodes }) => ({ totpURI, backupCodes }))
  confirmed('generate-backup-codes', 'account.renewBackupCodes')
  confirmed('disable', 'account.disableTwoFactor', () => ({}))
}

type Handler<T> = (request: FastifyRequest, reply: FastifyReply, body: T) => Promise<object>
type Who = { userId: string } | { email: string }

/** Rejects with the refusal, in our own words. */
async function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  body: unknown,
  { identity, publicUrl }: { identity: Identity; publicUrl: string },
): Promise<Answer> {
  const headers = headersOf(request)
  headers.delete('content-length')
  headers.set('content-type', 'application/json')
  headers.set(CLIENT_ADDRESS_HEADER, request.ip)
  // Programs send none; what a browser sent was checked above.
  if (!headers.has('origin')) headers.set('origin', new URL(publicUrl).origin)
  const asked = new Request(new URL(request.url, publicUrl), {
    method: request.method,
    headers,
    body: JSON.stringify(body),
  })
  const response = await identity.handle(asked)
  const told: unknown = await response.json()
  if (response.status >= 500) {
    throw new Error(`better-auth answered ${response.status}: ${JSON.stringify(told)}`)
  }
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  if (response.ok) return answerSchema.parse(told ?? {})
  const refused = z.object({ code: z.string() }).safeParse(told)
  throw refusalOf(refused.success ? refused.data.code : `HTTP_${response.status}`)
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data, error } = schema.safeParse(body)
  if (success) return data
  const failure: Failure = invalidInput(error)
  throw new PressroomError(failure)
}
