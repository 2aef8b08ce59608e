import { type Permission, type Principal, may } from '#access'
import { PressroomError } from '#graph'

/** Whoever asks, if they may do this; otherwise throws what is missing. */
export function admitted(principal: Principal | null, permission: Permission): Principal {
  if (!principal) throw unauthenticated()
  refuseWithoutTwoFactor(principal)
  if (!may(principal, permission)) throw forbidden(permission, principal)
  return principal
}

export function refuseWithoutTwoFactor({ lacksTwoFactor, organisation }: Principal): void {
  if (!lacksTwoFactor) return
  throw new PressroomError({
    code: 'auth.two_factor_required',
    message: `${organisation.name} asks everybody to sign in with a second factor, and you have not set yours up yet.`,
    fix: 'Set up two-factor sign-in on the page of your account.',
  })
}

export function unauthenticated(): PressroomError {
  return new PressroomError({
    code: 'auth.unauthenticated',
    message: 'You are not signed in, or your session has ended.',
    fix: 'Sign in and try again.',
  })
}

function forbidden(permission: Permission, { kind, roleName }: Principal): PressroomError {
  return new PressroomError({
    code: 'auth.forbidden',
    message: kind === 'key' ? 'This API key may not do this.' : `Your role "${roleName}" may not do this.`,
    fix: `Ask an admin of the organisation for the permission ${permission}.`,
    facts: { permission, role: roleName },
  })
}
