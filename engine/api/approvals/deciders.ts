import type { Principal } from '#access'
import { type Decider, PressroomError } from '#graph'
import type { Services } from '../deps.ts'

/** Everybody who may decide on what this run asks for: by the permission of their role, and within reach of its flow. */
export async function decidersOf(
  { members, roles, owners }: Pick<Services['stores'], 'members' | 'roles' | 'owners'>,
  organisationId: string,
  runId: string,
): Promise<Decider[]> {
  const [people, all, flow] = await Promise.all([
    members.list(organisationId),
    roles.list(organisationId),
    owners.ofRun(organisationId, runId),
  ])
  const teamId = flow?.teamId ?? null
  const permissionsOf = new Map(all.map(({ id, permissions }) => [id, new Set(permissions)]))
  return people
    .filter(({ role, teams }) => {
      const permissions = permissionsOf.get(role)
      const inTeam = teamId === null || teams.some(({ id }) => id === teamId)
      return permissions?.has('approval:decide') && (inTeam || permissions.has('team:manage'))
    })
    .map(({ userId, name, role }) => ({ id: userId, name, role }))
}

/** A quorum counts people, so a program can't decide. */
export function deciderOf({ id, name, email, role }: Principal): Decider {
  if (email !== null) return { id, name, role }
  throw new PressroomError({
    code: 'auth.people_only',
    message: 'Only people decide on what waits for approval; this is a service account.',
    fix: 'Sign in as a person to do this.',
  })
}
