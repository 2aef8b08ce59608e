import type { FastifyBaseLogger } from 'fastify'
import type { Owner, Session } from './auth/session.ts'
import type { Services } from './deps.ts'
import type { LiveDrafts } from './drafts/live-drafts.ts'

/** What every procedure gets. Procedures behind `protectedProcedure` get `session` and `organisationId` besides. */
export interface Context {
  requestId: string
  log: FastifyBaseLogger
  services: Services
  drafts: LiveDrafts
  /** Who asks; null without a valid session. */
  identified: Session | null
  /** Asks the database again whether this request's session still stands. */
  reidentify(): Promise<Session | null>
  setup: { needed(): Promise<boolean>; create(owner: Owner): Promise<void> }
  /** Fires when the server is closing: streams end, clients come back to the next process. */
  closing: AbortSignal
}
