/** OpenID Connect against any issuer: code flow with PKCE, state and nonce, and the ID token's signature checked. */
import * as oidc from 'openid-client'
import type { OpenIdClient, OpenIdSettings, SignOnClaims } from '#access'
import { PressroomError } from '#graph'
import type { HttpDoor } from '#run/interfaces.ts'
import { issuerFetch } from './issuer-fetch.ts'

const SCOPE = 'openid email profile'
const TIMEOUT_SECONDS = 10

export function createOpenIdClient(door: HttpDoor): OpenIdClient {
  const fetch = issuerFetch(door)

  /** Asked anew at every sign-in: keys and addresses of an issuer change. */
  async function configured({ issuer, clientId, clientSecret }: OpenIdSettings): Promise<oidc.Configuration> {
    const options = {
      [oidc.customFetch]: fetch,
      timeout: TIMEOUT_SECONDS,
      // Whether an address may be asked without TLS is decided by the door: on this very machine only.
      execute: [oidc.allowInsecureRequests],
    }
    const found = await oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, options)
    const methods = found.serverMetadata().token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const authentication = methods.includes('client_secret_post')
      ? oidc.ClientSecretPost(clientSecret)
      : oidc.ClientSecretBasic(clientSecret)
    const config = new oidc.Configuration(found.serverMetadata(), clientId, clientSecret, authentication)
    config[oidc.customFetch] = fetch
    config.timeout = TIMEOUT_SECONDS
    oidc.allowInsecureRequests(config)
    oidc.enableNonRepudiationChecks(config)
    return config
  }

  return {
    async discover(issuer) {
      const config = await told(configured({ issuer, clientId: 'pressroom', clientSecret: 'none' }))
      const { issuer: named, authorization_endpoint: authorizationEndpoint } = config.serverMetadata()
      if (!authorizationEndpoint) throw failed('it names no authorization endpoint')
      return { issuer: named, authorizationEndpoint }
    },

    async begin(client, redirectUri) {
      const config = await told(configured(client))
      const pending = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      }
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, pending }
    },

    finish: (client, address, { state, nonce, verifier }) =>
      told(
        (async () => {
          const config = await configured(client)
          const tokens = await oidc.authorizationCodeGrant(config, new URL(address), {
            expectedState: state,
            expectedNonce: nonce,
            pkceCodeVerifier: verifier,
            idTokenExpected: true,
          })
          const claims = tokens.claims()
          if (!claims) throw failed('its answer held no ID token')
          // Many issuers put the address into the ID token only when asked to, and answer for it here.
          const more =
            claims['email'] === undefined && config.serverMetadata().userinfo_endpoint
              ? await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
              : {}
          return claimsOf(claims.sub, { ...claims, ...more })
        })(),
      ),
  }
}

function claimsOf(subject: string, claims: Record<string, unknown>): SignOnClaims {
  const { email, email_verified: verified, name } = claims
  return {
    subject,
    email: typeof email === 'string' ? email.toLowerCase() : null,
    emailVerified: verified === true || verified === 'true',
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : null,
  }
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      // What the door says of an address is for whoever typed it; that nobody answers there is one more way to fail.
      if (cause instanceof PressroomError && cause.failure.code === 'input.issuer') throw cause
    }
    throw failed(error instanceof Error ? error.message : String(error), error)
  }
}

function failed(reason: string, cause?: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'auth.sign_on_failed',
      message: `Single sign-on did not work: ${reason}.`,
      fix: 'Try again; if it keeps failing, an admin can check the issuer, client id and secret under Sign-on.',
      facts: { reason },
    },
    cause,
  )
}
