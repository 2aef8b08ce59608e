/** Whom a session or a key stands for. */
import {
  type Directory,
  type FoundKey,
  type FoundSession,
  type Membership,
  type Principal,
  builtInRole,
  isPermission,
  permissionsOf,
} from '#access'
import { PressroomError } from '#graph'
import { hashOfKey } from './key.ts'

/** In the organisation that the person chose, else the one they joined first; null for somebody who belongs to none. */
export async function personOf(
  { id: sessionId, organisationId, user, memberships }: FoundSession,
  hasPassword: (userId: string) => Promise<boolean>,
): Promise<Principal | null> {
  const chosen = memberships.find(({ organisation }) => organisation.id === organisationId)
  const membership = chosen ?? memberships[0]
  if (!membership) return null
  const { organisation, memberId, role, custom, teamIds } = membership
  const permissions = permissionsOf(role, custom?.permissions ?? null)
  return {
    kind: 'person',
    id: user.id,
    name: user.name,
    email: user.email,
    organisation: { id: organisation.id, name: organisation.name },
    memberId,
    keyId: null,
    sessionId,
    // Whoever has no password comes in by single sign-on, which asks for a second factor itself.
    lacksTwoFactor: organisation.requireTwoFactor && !user.twoFactor && (await hasPassword(user.id)),
    role,
    roleName: roleName(role, custom),
    permissions,
    teamIds,
    everyTeam: permissions.has('team:manage'),
    flowIds: null,
  }
}

/** Null for a key that is none; refused with a reason where there is one. */
export async function keyHolder(directory: Directory, key: string): Promise<Principal | null> {
  const found = await directory.apiKey(hashOfKey(key))
  if (!found) return null
  if (found.revoked || found.expired) throw keyEnded(found)
  const { id, organisation, holder, memberId, role, custom, teamIds, flowIds } = found
  const holders = permissionsOf(role, custom?.permissions ?? null)
  const permissions = new Set(found.permissions.filter(isPermission).filter((name) => holders.has(name)))
  // Whoever limited a key to flows has named them; a service account is in no team by which it could reach them.
  const named = flowIds !== null && (holder.kind === 'service-account' || holders.has('team:manage'))
  return {
    kind: 'key',
    id: holder.id,
    name: holder.name,
    email: holder.email,
    organisation,
    memberId,
    keyId: id,
    sessionId: null,
    lacksTwoFactor: false,
    role,
    roleName: roleName(role, custom),
    permissions,
    teamIds,
    everyTeam: named || permissions.has('team:manage'),
    flowIds,
  }
}

const roleName = (role: string, custom: Membership['custom']): string =>
  builtInRole(role)?.name ?? custom?.name ?? role

function keyEnded({ name, expired }: FoundKey): PressroomError {
  return new PressroomError({
    code: 'auth.unauthenticated',
    message: expired ? `The API key "${name}" has expired.` : `The API key "${name}" was revoked.`,
    fix: 'Ask whoever looks after API keys for a new one.',
  })
}
