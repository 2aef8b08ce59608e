/** Commands on the server itself act for nobody who signed in: the audit log names the account of the machine. */
import { userInfo } from 'node:os'
import type { Acting, OrganisationStore, OrganisationSummary } from '#access'
import { PressroomError } from '#graph'

export const operator = (): Omit<Acting, 'organisationId'> => ({
  actor: { kind: 'system', id: 'cli', name: `Command line (${userInfo().username})` },
  from: null,
  requestId: null,
})

export const actingIn = ({ id }: OrganisationSummary): Acting => ({ ...operator(), organisationId: id })

export async function organisationOf(
  { organisations }: { organisations: OrganisationStore },
  idOrSlug: string,
): Promise<OrganisationSummary> {
  const all = await organisations.all()
  const found = all.find(({ id }) => id === idOrSlug) ?? all.find(({ slug }) => slug === idOrSlug)
  if (found) return found
  throw new PressroomError({
    code: 'not_found.organisation',
    message: `There is no organisation "${idOrSlug}".`,
    fix: `Choose one of: ${all.map(({ slug }) => slug).join(', ')}.`,
  })
}

/** The named one, or every one. */
export async function organisationsOf(
  administration: { organisations: OrganisationStore },
  idOrSlug: string | undefined,
): Promise<OrganisationSummary[]> {
  if (idOrSlug === undefined) return administration.organisations.all()
  return [await organisationOf(administration, idOrSlug)]
}
