import { PERMISSION_NAMES, type Permission } from '#access'

/** Groups by what comes before the colon of a permission's name. */
const GROUPS = [
  { name: 'Flows', areas: ['flow', 'code'] },
  { name: 'Runs and decisions', areas: ['run', 'approval'] },
  { name: 'Models and catalogue', areas: ['catalog', 'model'] },
  { name: 'Connections, secrets and policy', areas: ['connection', 'secret', 'policy', 'plugin', 'budget'] },
  { name: 'People and access', areas: ['member', 'team', 'role', 'key', 'sign-on', 'audit', 'organisation'] },
]

/** Every permission once, in an order in which people look for them. */
export const PERMISSION_GROUPS: readonly { name: string; permissions: readonly Permission[] }[] = GROUPS.map(
  ({ name, areas }) => ({
    name,
    permissions: PERMISSION_NAMES.filter((permission) => areas.includes(permission.split(':')[0] ?? '')),
  }),
)
