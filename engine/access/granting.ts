/** Nobody gives more than they have. Asked inside the transaction that would give it. */
import { PressroomError } from '#graph'
import { PERMISSION_NAMES, type Permission } from './permissions.ts'
import { type Principal, covers, may } from './principal.ts'
import { OWNER, type Role } from './roles.ts'

/** What whoever acts has to give. */
export type Granting = Pick<Principal, 'permissions'>

/** The operator at the server's own command line. */
export const EVERYTHING: Granting = { permissions: new Set(PERMISSION_NAMES) }

export function refuseGrant(by: Granting, asked: Iterable<Permission>): void {
  const missing = [...asked].filter((permission) => !covers(by, [permission]))
  if (missing.length === 0) return
  throw new PressroomError({
    code: 'auth.too_much',
    message: 'Nobody can give more than they may do themselves.',
    fix: `Ask somebody who has them for these permissions: ${missing.join(', ')}.`,
    facts: { permissions: missing },
  })
}

/** `before`: the role to be given up, null for a newcomer. `after`: the role to be had, null for somebody who leaves. */
export function refuseRoleChange(by: Granting, before: string | null, after: Role | null): void {
  if (after) refuseGrant(by, after.permissions)
  if (before !== OWNER || may(by, 'organisation:manage')) return
  throw new PressroomError({
    code: 'auth.owners_only',
    message: 'Only an owner can change what an owner is.',
    fix: 'Ask an owner of the organisation.',
    facts: { permission: 'organisation:manage' },
  })
}

/** What a key that is limited to single flows can be for: everything else reaches beyond them. */
export const WITHIN_FLOWS: readonly Permission[] = [
  'flow:read',
  'flow:write',
  'flow:publish',
  'flow:remove',
  'run:read',
  'run:start',
  'run:cancel',
  'approval:decide',
  'catalog:read',
  'connection:use',
]
