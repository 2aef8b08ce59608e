import { randomUUID } from 'node:crypto'
import { type Directory, type ResetLinks, refuseGrant, refuseRoleChange } from '#access'
import { PressroomError } from '#graph'
import { appendAudit } from './audit-chain.ts'
import type { PrismaClient } from './generated/client.ts'
import { giveNewPassword } from './people-store.ts'
import { roleIn } from './role-rows.ts'
import type { WithOrganisation } from './tenancy.ts'

/** In better-auth's table for what waits to be proven; the value is the person's id. */
const identifierOf = (tokenHash: string) => `reset-link:${tokenHash}`
const PREFIX = identifierOf('')

export function createResetLinks(
  prisma: PrismaClient,
  withOrganisation: WithOrganisation,
  directory: Pick<Directory, 'memberships'>,
): ResetLinks {
  return {
    create: (acting, by, memberId, { tokenHash, expiresAt }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const member = await tx.member.findFirst({
          where: { id: memberId },
          include: { user: { select: { id: true, name: true, email: true } } },
        })
        if (!member) return null
        const { user, role } = member
        refuseRoleChange(by, role, null)
        refuseGrant(by, (await roleIn(tx, role)).permissions)
        if ((await directory.memberships(user.id)).length > 1) throw elsewhereToo(user.email)
        await tx.verification.deleteMany({ where: { identifier: { startsWith: PREFIX }, value: user.id } })
        await tx.verification.create({
          data: { id: randomUUID(), identifier: identifierOf(tokenHash), value: user.id, expiresAt },
        })
        await appendAudit(tx, acting, {
          action: 'members.resetLink',
          target: { kind: 'member', id: memberId, name: user.name },
          outcome: 'done',
        })
        return { email: user.email }
      }),

    async look(tokenHash) {
      const link = await prisma.verification.findFirst({
        where: { identifier: identifierOf(tokenHash), expiresAt: { gt: new Date() } },
      })
      return link && prisma.user.findUnique({ where: { id: link.value }, select: { email: true } })
    },

    use: (tokenHash, passwordHash, request) =>
      prisma.$transaction(async (tx) => {
        // Of two who use the link at once, one deletes it.
        const [link] = await tx.$queryRaw<{ value: string }[]>`
          DELETE FROM verifications WHERE identifier = ${identifierOf(tokenHash)} AND expires_at > now()
          RETURNING value`
        const user = link && (await tx.user.findUnique({ where: { id: link.value } }))
        if (!user) return false
        const { id, name } = user
        const memberships = await directory.memberships(id)
        const actor = { actor: { kind: 'person', id, name } as const, ...request }
        await giveNewPassword(tx, actor, { id, name, memberships }, passwordHash)
        return true
      }),
  }
}

const elsewhereToo = (email: string) =>
  new PressroomError({
    code: 'auth.elsewhere_too',
    message: `${email} belongs to other organisations too, and a new password would open those as well.`,
    fix: 'Ask whoever runs the server: npm run pressroom -- admin reset-password.',
    facts: { email },
  })
