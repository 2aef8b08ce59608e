import type { Permission } from './permissions.ts'

/** Who asks, in which organisation, and what they may do there. Made anew for every request. */
export interface Principal {
  /** A key acts for a service account, or for the person who made it. */
  kind: 'person' | 'key'
  /** Of the user, or of the service account. */
  id: string
  name: string
  /** Null for a service account. */
  email: string | null
  organisation: { id: string; name: string }
  /** Null for a service account. */
  memberId: string | null
  keyId: string | null
  /** Of better-auth's session; null for a key. */
  sessionId: string | null
  /** The organisation asks for two-factor sign-in and this person has not set it up: until then they may do nothing. */
  lacksTwoFactor: boolean
  role: string
  roleName: string
  permissions: ReadonlySet<Permission>
  teamIds: readonly string[]
  /** Whether flows of teams that it is not in are reached too. */
  everyTeam: boolean
  /** Flows that a key is limited to; null where it is not. */
  flowIds: readonly string[] | null
}

export const may = (principal: Pick<Principal, 'permissions'>, permission: Permission): boolean =>
  principal.permissions.has(permission)

/** A flow belongs to a team or, without one, to the whole organisation. */
export interface OwnedFlow {
  id: string
  teamId: string | null
}

export type Reach = Pick<Principal, 'everyTeam' | 'teamIds' | 'flowIds'>

/** Saves asking whose a flow is. */
export const reachesAll = ({ everyTeam, flowIds }: Reach): boolean => everyTeam && flowIds === null

/** Whether this principal may know of the flow at all. What it may do with it is a question of permissions. */
export function reaches(principal: Reach, { id, teamId }: OwnedFlow): boolean {
  if (principal.flowIds && !principal.flowIds.includes(id)) return false
  return teamId === null || principal.teamIds.includes(teamId) || principal.everyTeam
}

/** Whether everything that `asked` allows is allowed to this principal too: nobody gives more than they have. */
export const covers = (principal: Pick<Principal, 'permissions'>, asked: Iterable<Permission>): boolean =>
  [...asked].every((permission) => principal.permissions.has(permission))
