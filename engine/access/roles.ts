import { PERMISSION_NAMES, type Permission, isPermission } from './permissions.ts'

export interface Role {
  /** The same in the database, the API and the command line. */
  id: string
  name: string
  summary: string
  permissions: readonly Permission[]
}

const READING = ['flow:read', 'run:read', 'catalog:read', 'member:read'] as const satisfies Permission[]
const RUNNING = ['run:start', 'run:cancel', 'connection:use'] as const satisfies Permission[]

/** Roles that every organisation has and nobody can change. */
export const BUILT_IN_ROLES: readonly Role[] = [
  {
    id: 'owner',
    name: 'Owner',
    summary: 'May do everything. An organisation always has at least one.',
    permissions: PERMISSION_NAMES,
  },
  {
    id: 'admin',
    name: 'Admin',
    summary: 'Runs the organisation: people, roles, connections, policy, budgets, audit. Can’t make owners.',
    permissions: PERMISSION_NAMES.filter((name) => name !== 'organisation:manage' && name !== 'code:write'),
  },
  {
    id: 'builder',
    name: 'Builder',
    summary: 'Builds, publishes and runs flows.',
    permissions: [
      ...READING,
      ...RUNNING,
      'flow:write',
      'flow:publish',
      'flow:remove',
      'flow:assign',
      'approval:decide',
    ],
  },
  {
    id: 'operator',
    name: 'Operator',
    summary: 'Runs flows and looks after models and connections; changes no flow.',
    permissions: [...READING, ...RUNNING, 'model:manage', 'connection:manage', 'secret:write'],
  },
  {
    id: 'reviewer',
    name: 'Reviewer',
    summary: 'Reads what runs came to and decides what is approved.',
    permissions: [...READING, 'approval:decide'],
  },
  { id: 'viewer', name: 'Viewer', summary: 'Looks and changes nothing.', permissions: READING },
]

export const OWNER = 'owner'

const BUILT_IN = new Map(BUILT_IN_ROLES.map((role) => [role.id, role]))
export const builtInRole = (id: string): Role | null => BUILT_IN.get(id) ?? null

/** `custom` are the permissions that the organisation gave to a role of its own; null where there is no such role. */
export function permissionsOf(role: string, custom: readonly string[] | null): ReadonlySet<Permission> {
  return new Set(builtInRole(role)?.permissions ?? (custom ?? []).filter(isPermission))
}
