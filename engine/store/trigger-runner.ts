import { type OwnedFlow, permissionsOf, reaches } from '#access'
import { type Failure, PressroomError } from '#graph'

/** As whom a trigger starts runs, as it is now; name and role are null where they are gone. */
export interface RunsAsRow {
  name: string | null
  role: string | null
  custom: string[] | null
  disabled: boolean
  teamIds: string[]
  /** That it starts, and that it waits for. */
  flows: OwnedFlow[]
}

/** Why it may start no run; null where it may. Asked at every call: a right that was taken away is gone here too. */
export function refusalOf({ name, role, custom, disabled, teamIds, flows }: RunsAsRow): Failure | null {
  if (role === null) return refusal('Whoever this trigger started runs as is not there any more.')
  if (disabled) return refusal(`The service account ${name} is switched off.`)
  const permissions = permissionsOf(role, custom)
  if (!permissions.has('run:start')) return refusal(`${name}’s role may not start runs any more.`)
  const reach = { teamIds, everyTeam: permissions.has('team:manage'), flowIds: null }
  return flows.every((flow) => reaches(reach, flow))
    ? null
    : refusal(`${name} does not reach the flow any more: it belongs to a team.`)
}

const refusal = (message: string): Failure =>
  new PressroomError({
    code: 'auth.runs_as',
    message,
    fix: 'Have somebody who may publish flows and start runs save the trigger once: it then starts runs as them.',
  }).failure
