/** Accounts of people in better-auth's tables, which belong to no organisation. */
import { randomUUID } from 'node:crypto'
import { PressroomError } from '#graph'
import type { OrganisationTx } from './tenancy.ts'

/** better-auth's name for accounts that have a password. */
const PASSWORD = 'credential'

/** Resolves to the new person's id. Rejects with `conflict.account` where the address has an account. */
export async function makeAccount(
  tx: OrganisationTx,
  person: { email: string; name: string; emailVerified?: boolean },
): Promise<string> {
  const id = randomUUID()
  // Somebody may make the same account meanwhile; the address is unique.
  const { count } = await tx.user.createMany({ data: { id, ...person }, skipDuplicates: true })
  if (count === 0) throw accountAlready(person.email)
  return id
}

export async function writePassword(tx: OrganisationTx, userId: string, password: string): Promise<void> {
  const where = { userId, providerId: PASSWORD }
  const { count } = await tx.account.updateMany({ where, data: { password } })
  if (count > 0) return
  await tx.account.create({ data: { id: randomUUID(), ...where, accountId: userId, password } })
}

export const accountAlready = (email: string) =>
  new PressroomError({
    code: 'conflict.account',
    message: `There is an account for ${email} already.`,
    fix: 'Use the account that they have.',
    facts: { email },
  })
