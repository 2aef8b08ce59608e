/** Who is asking: the one place that knows better-auth. */
import type { Directory, Principal } from '#access'
import { type AuthSettings, createBetterAuth } from './better-auth.ts'
import { setUp, setupNeeded } from './first-run.ts'
import { keyHolder, personOf } from './principal.ts'
import type { Owner } from './session.ts'

export interface Identity {
  /**
   * Null without a valid session or key. `cookies`: what the answer must set, when the session was prolonged or has
   * ended. A request with an `Authorization` header is that key's, whatever cookies it carries.
   */
  identify(headers: Headers): Promise<{ principal: Principal | null; cookies: string[] }>
  /** As `identify`, without prolonging the session. */
  reidentify(headers: Headers): Promise<Principal | null>
  setupNeeded(): Promise<boolean>
  setUp(owner: Owner): Promise<void>
  /** Answers better-auth's own requests. */
  handle(request: Request): Promise<Response>
}

export function createIdentity(settings: AuthSettings & { directory: Directory }): Identity {
  const auth = createBetterAuth(settings)
  const { pool, directory } = settings
  return {
    async identify(headers) {
      const key = keyOf(headers)
      if (key !== null) return { principal: await keyHolder(directory, key), cookies: [] }
      if (!headers.has('cookie')) return { principal: null, cookies: [] }
      const found = await auth.api.getSession({ headers, returnHeaders: true })
      const principal = found.response ? await personOf(directory, found.response) : null
      return { principal, cookies: found.headers.getSetCookie() }
    },
    async reidentify(headers) {
      const key = keyOf(headers)
      if (key !== null) return keyHolder(directory, key)
      if (!headers.has('cookie')) return null
      const found = await auth.api.getSession({ headers, query: { disableRefresh: true } })
      return found ? personOf(directory, found) : null
    },
    setupNeeded: () => setupNeeded(pool),
    setUp: (owner) => setUp(pool, owner),
    handle: (request) => auth.handler(request),
  }
}

/** The empty text for a header that carries no key. */
function keyOf(headers: Headers): string | null {
  const header = headers.get('authorization')
  if (header === null) return null
  return /^Bearer ([\w-]{1,200})$/i.exec(header.trim())?.[1] ?? ''
}
