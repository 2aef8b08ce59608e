export const PERMISSIONS = [
  'session:read',
  'templates:read',
  'catalog:read',
  'models:read',
  'models:pull',
  'nodes:read',
  'flows:read',
  'flows:edit',
  'flows:publish',
  'runs:plan',
  'runs:start',
  'runs:read',
  'runs:cancel',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** A role that is not listed may do nothing. */
const PERMISSIONS_OF_ROLE = new Map<string, ReadonlySet<Permission>>([['owner', new Set(PERMISSIONS)]])

export const may = (role: string, permission: Permission): boolean =>
  PERMISSIONS_OF_ROLE.get(role)?.has(permission) ?? false
