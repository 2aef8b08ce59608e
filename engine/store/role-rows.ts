import { type Role, BUILT_IN_ROLES, builtInRole, permissionsOf } from '#access'
import { PressroomError } from '#graph'
import type { OrganisationTx } from './tenancy.ts'

/** @throws PressroomError `not_found.role` where the organisation has no such role. */
export async function roleIn(tx: OrganisationTx, id: string): Promise<Role> {
  const role = builtInRole(id) ?? (await customRole(tx, id))
  if (role) return role
  throw new PressroomError({
    code: 'not_found.role',
    message: `There is no role "${id}" in this organisation.`,
    fix: `Choose one of: ${[...(await roleNames(tx)).keys()].join(', ')}.`,
    facts: { role: id },
  })
}

/** Locked until the transaction ends, so that what somebody is given is what was looked at. */
async function customRole(tx: OrganisationTx, id: string): Promise<Role | null> {
  await tx.$queryRaw`SELECT 1 FROM roles WHERE id = ${id} FOR SHARE`
  const row = await tx.role.findFirst({ where: { id } })
  if (!row) return null
  const { name, summary } = row
  return { id, name, summary, permissions: [...permissionsOf(id, row.permissions)] }
}

/** Names of all roles by their id. */
export async function roleNames(tx: OrganisationTx): Promise<Map<string, string>> {
  const custom = await tx.role.findMany({ select: { id: true, name: true }, orderBy: { name: 'asc' } })
  return new Map([...BUILT_IN_ROLES, ...custom].map(({ id, name }) => [id, name]))
}
