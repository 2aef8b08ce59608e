import type { FastifyBaseLogger } from 'fastify'
import type { Principal } from '#access'
import type { Account } from './auth/accounts.ts'
import type { Identity } from './auth/identity.ts'
import type { Owner } from './auth/session.ts'
import type { Services } from './deps.ts'
import type { LiveDrafts } from './drafts/live-drafts.ts'

/** What every procedure gets. Procedures behind `protectedProcedure` get `principal` and `organisationId` besides. */
export interface Context {
  requestId: string
  /** What the header `Idempotency-Key` says. */
  idempotencyKey: string | null
  /** Address of the client. */
  from: string | null
  log: FastifyBaseLogger
  services: Services
  drafts: LiveDrafts
  /** Who asks; null without a valid session or key. */
  identified: Principal | null
  /** Asks the database again who this is and what they may do. */
  reidentify(): Promise<Principal | null>
  identity: Identity
  /** Whose session this is, also where they belong to no organisation (any more). */
  account(): Promise<Account | null>
  setup: { needed(): Promise<boolean>; create(owner: Owner): Promise<void> }
  /** Fires when the server is closing: streams end, clients come back to the next process. */
  closing: AbortSignal
}
