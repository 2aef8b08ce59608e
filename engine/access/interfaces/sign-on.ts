import type { Acting } from '../audit.ts'
import type { Granting } from '../granting.ts'

/** Where people of an organisation can sign in instead of here: a server that speaks OpenID Connect. */
export interface SignOnSettings {
  name: string
  /** Its address, as its own discovery document names it. */
  issuer: string
  clientId: string
  /** Domains of addresses that may come in, new people too; none: only members. */
  domains: string[]
  /** Role of somebody who comes in for the first time. */
  defaultRole: string
  enabled: boolean
}

export interface SignOnProvider extends SignOnSettings {
  id: string
}

/** What the provider said of somebody, after its signature, issuer, audience and nonce were checked. */
export interface SignOnClaims {
  /** The provider's own id of the person; never changes. */
  subject: string
  email: string | null
  emailVerified: boolean
  name: string | null
}

export interface SignOnStore {
  /** In the order of their names. */
  list(organisationId: string): Promise<SignOnProvider[]>
  create(
    acting: Acting,
    by: Granting,
    provider: SignOnSettings & { id: string; secretId: string },
  ): Promise<SignOnProvider>
  /** Null where there is none. */
  update(acting: Acting, by: Granting, provider: SignOnProvider): Promise<SignOnProvider | null>
  /** The secret that it used, which nothing uses any more; null where there was no such provider. */
  remove(acting: Acting, id: string): Promise<{ secretId: string } | null>
  /** Across organisations: what the page for signing in offers. */
  offered(): Promise<{ id: string; name: string }[]>
  /** One that is enabled, by the id in its address. */
  find(id: string): Promise<(SignOnProvider & { organisationId: string; secretId: string }) | null>
  secretOf(organisationId: string, id: string): Promise<string | null>
  /**
   * The person that these claims stand for, made or linked where the rules of the provider allow it. `signedInAs`: whose
   * session the browser has already. Rejects with `auth.sign_on_*`, which says why not.
   */
  enter(
    provider: SignOnProvider & { organisationId: string },
    claims: SignOnClaims,
    signedInAs: string | null,
    request: Pick<Acting, 'from' | 'requestId'>,
  ): Promise<{ userId: string }>
  /** Whether members without a second factor can do nothing but set one up. */
  requireTwoFactor(acting: Acting, required: boolean): Promise<void>
}

/** Speaks OpenID Connect. Implemented in `engine/connectors`. */
export interface OpenIdClient {
  /** Fetches the issuer's discovery document. Rejects with `sign_on.*` and how to mend it. */
  discover(issuer: string): Promise<{ issuer: string; authorizationEndpoint: string }>
  /** The address to send the browser to, and what to keep until it comes back. */
  begin(client: OpenIdSettings, redirectUri: string): Promise<{ url: string; pending: PendingSignOn }>
  /** `address`: where the browser came back to, with its query. */
  finish(client: OpenIdSettings, address: string, pending: PendingSignOn): Promise<SignOnClaims>
}

export interface OpenIdSettings {
  issuer: string
  clientId: string
  clientSecret: string
}

export interface PendingSignOn {
  state: string
  nonce: string
  verifier: string
}
