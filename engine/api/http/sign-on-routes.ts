/** The way to an identity provider and back. Both are addresses that a browser goes to, so refusals are shown as a page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AUTH_PATH, CLIENT_ADDRESS_HEADER } from '../auth/better-auth.ts'
import type { Identity } from '../auth/identity.ts'
import { callbackOf, createSignOn, type SignOnServices } from '../auth/sign-on.ts'
import { PressroomError } from '#graph'
import { headersOf } from './headers.ts'

const COOKIE = 'pressroom.sign_on'
const COOKIE_SECONDS = 600

interface Route {
  Params: { provider: string }
  Querystring: Record<string, string | undefined>
}

export function addSignOnRoutes(
  app: FastifyInstance,
  identity: Identity,
  services: SignOnServices & { publicUrl: string },
): void {
  const { publicUrl } = services
  const signOn = createSignOn(identity, services)
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  const cookie = (value: string, seconds: number) =>
    `${COOKIE}=${value}; Path=${AUTH_PATH}/sign-on; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`

  const attempt = async (request: FastifyRequest, reply: FastifyReply, work: () => Promise<string>) => {
    reply.header('cache-control', 'no-store')
    try {
      return await reply.redirect(await work(), 302)
    } catch (error) {
      if (!(error instanceof PressroomError)) throw error
      const { code, message } = error.failure
      request.log.warn({ code, requestId: request.id }, message)
      // Whoever is signed in was about to connect their account.
      const page = (await identity.accountOf(headersOf(request))) ? '/account' : '/sign-in'
      return reply.redirect(`${page}?refused=${code}`, 302)
    }
  }

  app.get<Route>(`${AUTH_PATH}/sign-on/:provider/start`, (request, reply) =>
    attempt(request, reply, async () => {
      await identity.attempts.takeEntry(request.ip, 'signOn')
      const { url, state } = await signOn.begin(request.params.provider, request.query['to'])
      reply.header('set-cookie', cookie(state, COOKIE_SECONDS))
      return url
    }),
  )

  app.get<Route>(`${AUTH_PATH}/sign-on/:provider/callback`, (request, reply) =>
    attempt(request, reply, async () => {
      await identity.attempts.takeEntry(request.ip, 'signOn')
      reply.header('set-cookie', cookie('', 0))
      const { provider } = request.params
      const headers = headersOf(request)
      headers.set(CLIENT_ADDRESS_HEADER, request.ip)
      const { cookies, to } = await signOn.finish({
        provider,
        address: `${callbackOf(publicUrl, provider)}?${request.url.split('?')[1] ?? ''}`,
        state: stateIn(request),
        headers,
        from: request.ip,
        requestId: request.id,
      })
      for (const each of cookies) reply.header('set-cookie', each)
      return to
    }),
  )
}

const stateIn = (request: FastifyRequest): string | null =>
  /(?:^|;\s*)pressroom\.sign_on=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null
