import { type Acting, type Directory, type Membership, type PeopleStore, refuseRoleChange } from '#access'
import { PressroomError } from '#graph'
import { accountAlready, makeAccount, writePassword } from './account-rows.ts'
import { appendAudit } from './audit-chain.ts'
import type { PrismaClient } from './generated/client.ts'
import { addMember } from './member-rows.ts'
import { roleIn } from './role-rows.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

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
        const { organisationId } = acting
        const memberId = await addMember(tx, { organisationId, userId, role, email })
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
      await prisma.$transaction((tx) => giveNewPassword(tx, actor, { ...user, memberships }, passwordHash))
      return true
    },

    async clearTwoFactor(actor, email) {
      const user = await prisma.user.findUnique({ where: { email: email.toLowerCase() } })
      if (!user) return false
      const memberships = await directory.memberships(user.id)
      await prisma.$transaction(async (tx) => {
        await tx.twoFactor.deleteMany({ where: { userId: user.id } })
        await tx.user.update({ where: { id: user.id }, data: { twoFactorEnabled: false } })
        await tx.session.deleteMany({ where: { userId: user.id } })
        await tellOrganisations(tx, actor, { ...user, memberships }, 'members.clearTwoFactor')
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

/** Ends every session. */
export async function giveNewPassword(
  tx: OrganisationTx,
  actor: Omit<Acting, 'organisationId'>,
  person: { id: string; name: string; memberships: Membership[] },
  passwordHash: string,
): Promise<void> {
  await writePassword(tx, person.id, passwordHash)
  await tx.session.deleteMany({ where: { userId: person.id } })
  await tellOrganisations(tx, actor, person, 'members.resetPassword')
}

/** An account is nobody's in particular: each of its organisations hears of what was done to it. */
async function tellOrganisations(
  tx: OrganisationTx,
  actor: Omit<Acting, 'organisationId'>,
  person: { name: string; memberships: Membership[] },
  action: 'members.resetPassword' | 'members.clearTwoFactor',
): Promise<void> {
  for (const { organisation, memberId } of person.memberships) {
    await tx.$executeRaw`SELECT set_config('app.org_id', ${organisation.id}, true)`
    await appendAudit(
      tx,
      { ...actor, organisationId: organisation.id },
      { action, target: { kind: 'member', id: memberId, name: person.name }, outcome: 'done' },
    )
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
  const userId = await makeAccount(tx, { name, email })
  await writePassword(tx, userId, passwordHash)
  return userId
}

const noAccount = (email: string) =>
  new PressroomError({
    code: 'input.password_missing',
    message: `There is no account for ${email} yet, and a new one needs a password.`,
    fix: 'Give a password for it.',
    facts: { email },
  })
