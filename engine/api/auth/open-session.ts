import type { BetterAuthPlugin } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'

/** A session for somebody who proved elsewhere who they are. No route: only the server itself can call it. */
export const openSession = () =>
  ({
    id: 'open-session',
    endpoints: {
      openSession: createAuthEndpoint.serverOnly(
        { method: 'POST', body: z.object({ userId: z.string(), organisationId: z.string() }) },
        async (context) => {
          const { internalAdapter } = context.context
          const { userId, organisationId: activeOrganizationId } = context.body
          const user = await internalAdapter.findUserById(userId)
          if (!user) throw context.error('NOT_FOUND')
          const session = await internalAdapter.createSession(userId, false, { activeOrganizationId })
          await setSessionCookie(context, { session, user })
          return { ok: true }
        },
      ),
    },
  }) satisfies BetterAuthPlugin
