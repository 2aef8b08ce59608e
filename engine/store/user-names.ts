import type { OrganisationTx } from './tenancy.ts'

/** Names of people by their id; whoever is gone is left out. */
export async function namesOf(
  tx: OrganisationTx,
  ids: readonly (string | null)[],
): Promise<Map<string | null, string>> {
  const asked = [...new Set(ids.filter((id) => id !== null))]
  const users = await tx.user.findMany({ where: { id: { in: asked } }, select: { id: true, name: true } })
  return new Map(users.map(({ id, name }) => [id, name]))
}
