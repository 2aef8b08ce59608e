/** Who is asking: the one place that knows better-auth. */
import type { AuditLog, Directory, FoundSession, Principal } from '#access'
import { type Account, type Accounts, createAccounts } from './accounts.ts'
import { type Attempts, createAttempts } from './attempts.ts'
import { type AuthSettings, PROLONGED_BELOW_MS, createBetterAuth } from './better-auth.ts'
import { type Entries, createEntries } from './entries.ts'
import { setUp } from './first-run.ts'
import { keyHolder, personOf } from './principal.ts'
import { sessionToken } from './session-cookie.ts'
import type { Owner } from './session.ts'
import { setupNeeded } from './setup-code.ts'
import { useOnce } from './used-codes.ts'

export interface Identity extends Pick<Accounts, 'signedInWith'> {
  /**
   * Null without a valid session or key. `cookies`: what the answer must set, when the session was prolonged.
   * A request with an `Authorization` header is that key's, whatever cookies it carries.
   */
  identify(headers: Headers): Promise<{ principal: Principal | null; cookies: string[] }>
  /** As `identify`, without prolonging the session. */
  reidentify(headers: Headers): Promise<Principal | null>
  /** Whose session it is, also where they belong to no organisation. */
  accountOf(headers: Headers): Promise<Account | null>
  setupNeeded(): Promise<boolean>
  /** `from`: address of the client; how often a code may be tried is limited. */
  setUp(owner: Owner, from: string): Promise<void>
  accounts: Accounts
  attempts: Attempts
  entries: Entries
  /** Whether the person uses this code of their authenticator app for the first time. */
  firstUse(userId: string, code: string): Promise<boolean>
  /** By the session's token. */
  endSession(token: string): Promise<void>
  /** For somebody who proved elsewhere who they are; answers with the cookies to set. */
  openSession(who: { userId: string; organisationId: string }, headers: Headers): Promise<string[]>
  /** Answers better-auth's own requests. */
  handle(request: Request): Promise<Response>
}

export function createIdentity(
  settings: AuthSettings & { directory: Directory; audit: Pick<AuditLog, 'append'> },
): Identity {
  const auth = createBetterAuth(settings)
  const { pool, directory, audit, log } = settings
  const attempts = createAttempts(pool)
  const accounts = createAccounts(pool)
  const cookie = auth.$context.then(({ authCookies, secret }) => ({
    name: authCookies.sessionToken.name,
    secret,
  }))

  // Not by better-auth, which asks twice for what is one question here; it prolongs and ends sessions.
  async function sessionOf(headers: Headers): Promise<FoundSession | null> {
    const token = headers.has('cookie') ? sessionToken(headers, await cookie) : null
    return token === null ? null : directory.session(token)
  }

  async function prolong(headers: Headers): Promise<string[]> {
    const { headers: answered } = await auth.api.getSession({ headers, returnHeaders: true })
    return answered.getSetCookie()
  }

  return {
    async identify(headers) {
      const key = keyOf(headers)
      if (key !== null) return { principal: await keyHolder(directory, key), cookies: [] }
      if (!headers.has('cookie')) return { principal: null, cookies: [] }
      const found = await sessionOf(headers)
      // The cookie of a session that has ended stays: this answer may come after one that has set a new cookie.
      if (!found) return { principal: null, cookies: [] }
      const left = Date.parse(found.expiresAt) - Date.now()
      return {
        principal: await personOf(found, accounts.hasPassword),
        cookies: left <= PROLONGED_BELOW_MS ? await prolong(headers) : [],
      }
    },
    async reidentify(headers) {
      const key = keyOf(headers)
      if (key !== null) return keyHolder(directory, key)
      const found = await sessionOf(headers)
      return found && personOf(found, accounts.hasPassword)
    },
    async accountOf(headers) {
      if (keyOf(headers) !== null) return null
      const found = await sessionOf(headers)
      return found && { ...found.user, sessionId: found.id }
    },
    setupNeeded: () => setupNeeded(pool),
    async setUp(owner, from) {
      await attempts.takeEntry(from)
      await attempts.take('setup', '')
      await setUp(pool, owner)
    },
    accounts,
    signedInWith: accounts.signedInWith,
    attempts,
    entries: createEntries(pool, directory, audit, log),
    firstUse: (userId, code) => useOnce(pool, userId, code),
    async endSession(token) {
      await pool.query('DELETE FROM sessions WHERE token = $1', [token])
    },
    async openSession(body, headers) {
      const opened = await auth.api.openSession({ body, headers, returnHeaders: true })
      return opened.headers.getSetCookie()
    },
    handle: (request) => auth.handler(request),
  }
}

/** The empty text for a header that carries no key. */
function keyOf(headers: Headers): string | null {
  const header = headers.get('authorization')
  if (header === null) return null
  return /^Bearer ([\w-]{1,200})$/i.exec(header.trim())?.[1] ?? ''
}
