import { randomUUID } from 'node:crypto'
import { type Directory, type PeopleStore, refuseRoleChange } from '#access'
import { PressroomError } from '#graph'
import { appendAudit } from './audit-chain.ts'
import type { PrismaClient } from './generated/client.ts'
import { roleIn } from './role-rows.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

/** better-auth's name for accounts that have a password. */
const PASSWORD = 'credential'

export function createPeopleStore(
  prisma: PrismaClient,
  withOrganisation: WithOrganisation,
  directory: Pick<Directory, 'memberships'>,
): PeopleStore {
  return {
    async exists(email) {
      return (await prisma.user.count({ where: { email: email.toLowerCase() } })) > 0
    },

    add: (acting, by, { email, name, role, passwordHash }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        refuseRoleChange(by, null, await roleIn(tx, role))
        const userId = await accountOf(tx, email.toLowerCase(), name, passwordHash)
        const memberId = randomUUID()
        const { organisationId } = acting
        const { count } = await tx.member.createMany({
          data: { id: memberId, organisationId, userId, role },
          skipDuplicates: true,
        })
        if (count === 0) throw memberAlready(email)
        await appendAudit(tx, acting, {
          action: 'members.add',
          target: { kind: 'member', id: memberId, name },
          outcome: 'done',
          after: { email, role },
        })
        return { userId, memberId }
      }),

    async setPassword(actor, { email, passwordHash }) {
      const user = await prisma.user.findUnique({ where: { email: email.toLowerCase() } })
      if (!user) return false
      const memberships = await directory.memberships(user.id)
      await prisma.$transaction(async (tx) => {
        await writePassword(tx, user.id, passwordHash)
        await tx.session.deleteMany({ where: { userId: user.id } })
        // An account is nobody's in particular: each of its organisations hears of it.
        for (const { organisation, memberId } of memberships) {
          await tx.$executeRaw`SELECT set_config('app.org_id', ${organisation.id}, true)`
          await appendAudit(
            tx,
            { ...actor, organisationId: organisation.id },
            {
              action: 'members.resetPassword',
              target: { kind: 'member', id: memberId, name: user.name },
              outcome: 'done',
            },
          )
        }
      })
      return true
    },

    async work(sessionId, organisationId) {
      await prisma.session.updateMany({
        where: { id: sessionId },
        data: { activeOrganizationId: organisationId },
      })
    },
  }
}

/** The account with this address, made where there is none. */
async function accountOf(
  tx: OrganisationTx,
  email: string,
  name: string,
  passwordHash: string | null,
): Promise<string> {
  const there = await tx.user.findUnique({ where: { email }, select: { id: true } })
  if (there && passwordHash !== null) throw accountAlready(email)
  if (there) return there.id
  if (passwordHash === null) throw noAccount(email)
  const userId = randomUUID()
  // Somebody may make the same account meanwhile; the address is unique.
  const { count } = await tx.user.createMany({ data: { id: userId, name, email }, skipDuplicates: true })
  if (count === 0) throw accountAlready(email)
  await writePassword(tx, userId, passwordHash)
  return userId
}

async function writePassword(tx: OrganisationTx, userId: string, password: string): Promise<void> {
  const where = { userId, providerId: PASSWORD }
  const { count } = await tx.account.updateMany({ where, data: { password } })
  if (count > 0) return
  await tx.account.create({ data: { id: randomUUID(), ...where, accountId: userId, password } })
}

const accountAlready = (email: string) =>
  new PressroomError({
    code: 'conflict.account',
    message: `There is an account for ${email} already.`,
    fix: 'Leave the password out to add this person with the account that they have.',
    facts: { email },
  })

const noAccount = (email: string) =>
  new PressroomError({
    code: 'input.password_missing',
    message: `There is no account for ${email} yet, and a new one needs a password.`,
    fix: 'Give a password for it.',
    facts: { email },
  })

const memberAlready = (email: string) =>
  new PressroomError({
    code: 'conflict.member',
    message: `${email} belongs to this organisation already.`,
    fix: 'Change their role on the page of members instead.',
    facts: { email },
  })
