import { type Permission, WITHIN_FLOWS } from '#access'

/** What a key can be given: what both who makes it and who holds it may do, and less if it is for single flows only. */
export function givable(
  maker: ReadonlySet<Permission>,
  holder: Iterable<Permission>,
  singleFlows: boolean,
): Set<Permission> {
  const both = [...holder].filter((permission) => maker.has(permission))
  return new Set(singleFlows ? both.filter((permission) => WITHIN_FLOWS.includes(permission)) : both)
}
