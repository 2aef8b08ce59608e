/**
 * Whom a provider's claims stand for. An organisation's admin chooses the provider, so what it says can open nothing
 * but that organisation, and no owner of it.
 *
 * - P1 A person once linked is found by the provider's own id of them, and must still be a member.
 * - P2 Everybody else is found by an address that the provider has verified, and that is of a domain of the provider
 *   where there are any.
 * - P3 An account that exists is linked when it is a member of this organisation alone and no owner, or when the browser
 *   is signed in as that very person.
 * - P4 Somebody new becomes a member only where the provider names domains.
 */
import { randomUUID } from 'node:crypto'
import { OWNER, type SignOnClaims, type SignOnProvider } from '#access'
import { PressroomError } from '#graph'
import { makeAccount } from './account-rows.ts'
import { addMember } from './member-rows.ts'
import type { OrganisationTx } from './tenancy.ts'

interface Entered {
  id: string
  name: string
  how: 'known' | 'linked' | 'joined'
}

export async function personFor(
  tx: OrganisationTx,
  provider: SignOnProvider & { organisationId: string },
  providerId: string,
  claims: SignOnClaims,
  signedInAs: string | null,
): Promise<Entered> {
  const { organisationId, domains, defaultRole } = provider
  const link = (userId: string) =>
    tx.account.create({ data: { id: randomUUID(), userId, providerId, accountId: claims.subject } })
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${providerId}), hashtext(${claims.subject}))`

  const known = await tx.account.findFirst({
    where: { providerId, accountId: claims.subject },
    select: { user: { select: { id: true, name: true } } },
  })
  if (known) {
    if (!(await roleOf(tx, known.user.id))) throw notMember(provider.name)
    return { ...known.user, how: 'known' }
  }

  const email = verifiedAddress(claims)
  refuseOtherDomain(email, domains)
  const user = await tx.user.findUnique({ where: { email }, select: { id: true, name: true } })
  if (!user) {
    if (domains.length === 0) throw notMember(provider.name)
    const name = claims.name ?? email.split('@')[0] ?? email
    const id = await makeAccount(tx, { email, name, emailVerified: true })
    await addMember(tx, { organisationId, userId: id, role: defaultRole, email })
    await link(id)
    return { id, name, how: 'joined' }
  }
  const role = await roleOf(tx, user.id)
  if (!role) throw notMember(provider.name)
  if (signedInAs !== user.id && (role === OWNER || (await organisationsOf(tx, user.id)) > 1)) {
    throw connectFirst(email)
  }
  await link(user.id)
  return { ...user, how: 'linked' }
}

async function roleOf(tx: OrganisationTx, userId: string): Promise<string | null> {
  const member = await tx.member.findFirst({ where: { userId }, select: { role: true } })
  return member?.role ?? null
}

async function organisationsOf(tx: OrganisationTx, userId: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM system_memberships(${userId})`
  return row?.count ?? 0
}

function verifiedAddress({ email, emailVerified }: SignOnClaims): string {
  if (email !== null && emailVerified) return email
  throw refused(
    'address',
    email === null
      ? 'The identity provider did not say your e-mail address.'
      : `The identity provider has not verified the address ${email}.`,
    'Have your address verified there, then try again.',
  )
}

function refuseOtherDomain(email: string, domains: readonly string[]): void {
  const domain = email.slice(email.lastIndexOf('@') + 1)
  if (domains.length === 0 || domains.includes(domain)) return
  throw refused(
    'domain',
    `Addresses of ${domain} can’t sign in here.`,
    'Use your address at work, or your password.',
  )
}

const notMember = (name: string) =>
  refused(
    'member',
    `${name} knows you, but you do not belong to this organisation.`,
    'Ask one of its admins to invite you.',
  )

const connectFirst = (email: string) =>
  refused(
    'connect',
    `The account ${email} is not connected to single sign-on yet.`,
    'Sign in with your password, then press the button for single sign-on on the page of your account.',
  )

const refused = (reason: string, message: string, fix: string) =>
  new PressroomError({ code: `auth.sign_on_${reason}`, message, fix })
