import { PressroomError } from '#graph'
import type { Session } from './auth/session.ts'

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
  'flows:remove',
  'runs:plan',
  'runs:start',
  'runs:read',
  'runs:cancel',
] as const
export type Permission = (typeof PERMISSIONS)[number]

const READING = [
  'session:read',
  'templates:read',
  'catalog:read',
  'models:read',
  'nodes:read',
  'flows:read',
  'runs:read',
] as const satisfies Permission[]

/** A role that is not listed may do nothing. */
const PERMISSIONS_OF_ROLE = new Map<string, ReadonlySet<Permission>>([
  ['owner', new Set(PERMISSIONS)],
  ['viewer', new Set(READING)],
])

export const may = (role: string, permission: Permission): boolean =>
  PERMISSIONS_OF_ROLE.get(role)?.has(permission) ?? false

/** The session, if it may do this; otherwise throws what is missing. */
export function admitted(session: Session | null, permission: Permission): Session {
  if (!session) throw unauthenticated()
  if (!may(session.role, permission)) throw forbidden(permission, session.role)
  return session
}

export function unauthenticated(): PressroomError {
  return new PressroomError({
    code: 'auth.unauthenticated',
    message: 'You are not signed in, or your session has ended.',
    fix: 'Sign in and try again.',
  })
}

function forbidden(permission: Permission, role: string): PressroomError {
  return new PressroomError({
    code: 'auth.forbidden',
    message: `Your role "${role}" may not do this.`,
    fix: `Ask an owner of the organisation for the permission ${permission}.`,
    facts: { permission, role },
  })
}
