/** A real OpenID Connect server on loopback (`oidc-provider`), at which everybody signs in by saying who they are. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AccountClaims, Provider } from 'oidc-provider'

export const CLIENT = { clientId: 'pressroom', clientSecret: 'a secret between the two' }
type Claims = Omit<AccountClaims, 'sub'>

export interface Issuer {
  url: string
  /** Whoever signs in next is this person. */
  person: { id: string; claims: Claims }
  /** Lets browsers be sent back to this address. */
  register(callback: string): void
  close(): Promise<void>
}

export async function startIssuer(): Promise<Issuer> {
  let provider: Provider | null = null
  const known = new Map<string, Claims>()
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void provider?.callback()(request, response)
    const { id, claims } = issuer.person
    known.set(id, claims)
    const login = { accountId: id }
    void provider?.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer: Issuer = {
    url,
    person: { id: 'nobody', claims: {} },
    register(callback) {
      provider = new Provider(url, {
        clients: [
          {
            client_id: CLIENT.clientId,
            client_secret: CLIENT.clientSecret,
            redirect_uris: [callback],
            token_endpoint_auth_method: 'client_secret_post',
          },
        ],
        claims: { email: ['email', 'email_verified'], profile: ['name'] },
        cookies: { keys: ['a key of the tests'] },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
        // Nothing to agree to.
        async loadExistingGrant({ oidc }) {
          const { client, session } = oidc
          if (!client || !session?.accountId) return undefined
          const { Grant } = oidc.provider
          const grant = new Grant({ clientId: client.clientId, accountId: session.accountId })
          grant.addOIDCScope('openid email profile')
          await grant.save()
          return grant
        },
        findAccount: (_context, accountId) => ({
          accountId,
          claims: () => ({ sub: accountId, ...known.get(accountId) }),
        }),
      })
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  issuer.register('http://localhost:3000/not-registered-yet')
  return issuer
}
