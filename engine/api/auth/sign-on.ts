/** Signing in at an identity provider. What waits for the browser to come back is in the database: any process takes it. */
import { createHash, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import type { OpenIdClient, OpenIdSettings, Secrets, SignOnStore } from '#access'
import { PressroomError } from '#graph'
import { AUTH_PATH } from './better-auth.ts'
import type { Identity } from './identity.ts'

const PENDING_MINUTES = 10

export interface SignOnServices {
  authPool: pg.Pool
  publicUrl: string
  secrets: Pick<Secrets, 'open'>
  openId: OpenIdClient
  stores: { signOn: SignOnStore }
}

const pendingSchema = z.object({
  provider: z.string(),
  to: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
})

/** To be entered at the identity provider. */
export const callbackOf = (publicUrl: string, provider: string): string =>
  new URL(`${AUTH_PATH}/sign-on/${provider}/callback`, publicUrl).href

interface Return {
  provider: string
  /** Where the browser came back to, with its query. */
  address: string
  /** What its cookie says that it set out with. */
  state: string | null
  headers: Headers
  from: string
  requestId: string
}

export function createSignOn(identity: Identity, services: SignOnServices) {
  const { authPool: pool, publicUrl, secrets, openId, stores } = services

  async function found(id: string) {
    const provider = await stores.signOn.find(id)
    if (!provider) throw lost('There is no such single sign-on (any more).')
    const { issuer, clientId, organisationId, secretId } = provider
    const client: OpenIdSettings = {
      issuer,
      clientId,
      clientSecret: await secrets.open(organisationId, secretId),
    }
    return { provider, client }
  }

  return {
    async begin(id: string, to: string | undefined): Promise<{ url: string; state: string }> {
      const { client } = await found(id)
      const { url, pending } = await openId.begin(client, callbackOf(publicUrl, id))
      const value = JSON.stringify({ provider: id, to: ownPath(to), ...pending })
      await pool.query(
        `INSERT INTO verifications (id, identifier, value, expires_at)
         VALUES ($1, $2, $3, now() + make_interval(mins => $4))`,
        [randomUUID(), identifierOf(pending.state), value, PENDING_MINUTES],
      )
      return { url, state: pending.state }
    },

    async finish(back: Return): Promise<{ cookies: string[]; to: string }> {
      const { provider: id, state, address, headers, from, requestId } = back
      // The browser that comes back is the one that set out: nobody is signed in as somebody else by a link.
      const pending = state === null ? null : await taken(pool, state)
      if (!pending || pending.provider !== id) throw lost('This sign-in was not begun in this browser.')
      const { provider, client } = await found(id)
      const claims = await openId.finish(client, address, pending)
      const account = await identity.accountOf(headers)
      const request = { from, requestId }
      const { userId } = await stores.signOn.enter(provider, claims, account?.id ?? null, request)
      const { organisationId } = provider
      return { cookies: await identity.openSession({ userId, organisationId }, headers), to: pending.to }
    },
  }
}

/** Once. */
async function taken(pool: pg.Pool, state: string) {
  const { rows } = await pool.query<{ value: string }>(
    'DELETE FROM verifications WHERE identifier = $1 AND expires_at > now() RETURNING value',
    [identifierOf(state)],
  )
  const [row] = rows
  return row ? pendingSchema.parse(JSON.parse(row.value)) : null
}

const identifierOf = (state: string) => `sign-on:${createHash('sha256').update(state).digest('base64url')}`

/** Only a path of this studio; anything else is not followed. */
const ownPath = (to: string | undefined): string => (to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/')

const lost = (message: string) =>
  new PressroomError({
    code: 'auth.sign_on_lost',
    message,
    fix: 'Start again from the page for signing in.',
  })
