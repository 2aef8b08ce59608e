/** `pressroom admin`: what an operator does to organisations and people, beside a running server or without one. */
import { type Acting, type KeyMaker, type ServiceAccountSummary, EVERYTHING } from '#access'
import { PressroomError } from '#graph'
import { actingIn, operator, organisationOf } from './operator.ts'
import { print, printJson, table, tell } from './output.ts'
import { type Administration, EXIT, type Pressroom } from './pressroom.ts'
import { readPassword } from './read-password.ts'

const DAY_MS = 86_400_000

export async function createOrganisation(
  pressroom: Pressroom,
  name: string,
  { json }: { json?: boolean },
): Promise<number> {
  const { organisations } = await pressroom.openAdministration()
  const made = await organisations.create(operator(), trimmed(name, 'The name of an organisation'))
  if (json) printJson(made)
  else print(`${made.slug} (${made.id})`)
  return EXIT.ok
}

export async function listOrganisations(pressroom: Pressroom, { json }: { json?: boolean }): Promise<number> {
  const { organisations } = await pressroom.openAdministration()
  const all = await organisations.all()
  if (json) printJson(all)
  else print(table([['Slug', 'Id', 'Name'], ...all.map(({ slug, id, name }) => [slug, id, name])]))
  return EXIT.ok
}

/** The code that the first screen asks for; also on the console at every start until it is used. */
export async function showSetupCode(pressroom: Pressroom, { json }: { json?: boolean }): Promise<number> {
  const { firstSetupCode } = await pressroom.openAdministration()
  const code = await firstSetupCode()
  if (json) printJson({ needed: code !== null, code })
  else if (code === null) tell('Pressroom has been set up already; there is no code any more.')
  else print(code)
  return EXIT.ok
}

export interface NewUser {
  org: string
  role: string
  name?: string
  passwordStdin?: boolean
  json?: boolean
}

/** Somebody new, or somebody who has an account already and comes to one more organisation. */
export async function createUser(pressroom: Pressroom, email: string, options: NewUser): Promise<number> {
  const administration = await pressroom.openAdministration()
  const organisation = await organisationOf(administration, options.org)
  const address = emailOf(email)
  const passwordHash = options.passwordStdin ? await hashOfInput(administration) : null
  const added = await administration.people.add(actingIn(organisation), EVERYTHING, {
    email: address,
    name: trimmed(options.name ?? address.split('@')[0] ?? address, 'The name of a person'),
    role: options.role,
    passwordHash,
  })
  if (options.json) printJson({ email: address, organisation: organisation.id, role: options.role, ...added })
  else print(`${address} is ${options.role} of ${organisation.name}.`)
  return EXIT.ok
}

export async function resetPassword(pressroom: Pressroom, email: string): Promise<number> {
  const administration = await pressroom.openAdministration()
  const address = emailOf(email)
  const passwordHash = await hashOfInput(administration)
  if (!(await administration.people.setPassword(operator(), { email: address, passwordHash })))
    throw nobody(address)
  print(`${address} has a new password; whoever was signed in with the old one no longer is.`)
  return EXIT.ok
}

/** For somebody who lost their phone and the backup codes. */
export async function clearTwoFactor(pressroom: Pressroom, email: string): Promise<number> {
  const { people } = await pressroom.openAdministration()
  const address = emailOf(email)
  if (!(await people.clearTwoFactor(operator(), address))) throw nobody(address)
  print(`${address} signs in with the password alone; whoever was signed in no longer is.`)
  return EXIT.ok
}

const nobody = (address: string) =>
  new PressroomError({
    code: 'not_found.account',
    message: `Nobody has an account with the address ${address}.`,
    fix: 'Check the address, or make the account: npm run pressroom -- admin create-user.',
  })

export interface NewServiceKey {
  org: string
  role: string
  name: string
  flow?: string[]
  expiresDays?: number
  json?: boolean
}

/** A key of the service account of that name, which is made where there is none. */
export async function createKey(pressroom: Pressroom, options: NewServiceKey): Promise<number> {
  const administration = await pressroom.openAdministration()
  const organisation = await organisationOf(administration, options.org)
  const acting = actingIn(organisation)
  const account = await accountFor(administration, acting, options)
  const { key, ...token } = administration.newKey()
  const days = options.expiresDays
  const summary = await administration.keys.create(acting, MAKER, {
    name: account.name,
    holder: { serviceAccountId: account.id },
    permissions: null,
    flowIds: options.flow ?? null,
    expiresAt: days === undefined ? null : new Date(Date.now() + days * DAY_MS),
    token,
  })
  if (options.json) printJson({ key, organisation: organisation.id, serviceAccount: account.id, ...summary })
  else {
    print(key)
    tell('This is the only time that the key is shown. Send it as: Authorization: Bearer <key>')
  }
  return EXIT.ok
}

const MAKER: KeyMaker = { ...EVERYTHING, keyId: null, flowIds: null, reaches: () => true }

async function accountFor(
  { serviceAccounts }: Administration,
  acting: Acting,
  { name, role }: NewServiceKey,
): Promise<ServiceAccountSummary> {
  const wanted = trimmed(name, 'The name of a key')
  const all = await serviceAccounts.list(acting.organisationId)
  const there = all.find((account) => account.name.toLowerCase() === wanted.toLowerCase())
  if (!there) return serviceAccounts.create(acting, EVERYTHING, { name: wanted, role })
  if (there.role === role && !there.disabled) return there
  throw new PressroomError({
    code: 'conflict.service_account',
    message: there.disabled
      ? `The service account "${there.name}" is disabled.`
      : `There is a service account "${there.name}" with the role ${there.role}.`,
    fix: 'Choose another name, or change the service account in the studio.',
    facts: { role: there.role, disabled: there.disabled },
  })
}

async function hashOfInput({ passwordCharacters, hashPassword }: Administration): Promise<string> {
  return hashPassword(await readPassword(process.stdin, passwordCharacters))
}

function emailOf(text: string): string {
  const email = text.trim().toLowerCase()
  if (/^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 254) return email
  throw new PressroomError({
    code: 'input.email',
    message: `"${text}" is no e-mail address.`,
    fix: 'Give an address such as ada@example.org.',
  })
}

function trimmed(text: string, what: string): string {
  const name = text.trim()
  if (name.length >= 1 && name.length <= 100 && !/\p{Cc}/u.test(name)) return name
  throw new PressroomError({
    code: 'input.name',
    message: `${what} has 1 to 100 characters on one line.`,
    fix: 'Choose another name.',
  })
}
