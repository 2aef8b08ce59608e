import type { Failure } from '#graph'

// Only the code comes in the address: a link can't put words of others on this page.
const REFUSALS: Record<string, readonly [message: string, fix: string]> = {
  'auth.sign_on_address': [
    'The identity provider did not confirm your e-mail address.',
    'Have your address verified there, then try again.',
  ],
  'auth.sign_on_domain': [
    'Addresses of your domain can’t sign in this way.',
    'Use your address at work, or your password.',
  ],
  'auth.sign_on_member': [
    'The identity provider knows you, but you do not belong to this organisation.',
    'Ask one of its admins to invite you.',
  ],
  'auth.sign_on_connect': [
    'Your account is not connected to single sign-on yet.',
    'Sign in with your password, then connect it on the page of your account.',
  ],
  'auth.sign_on_lost': ['This sign-in took too long, or was begun elsewhere.', 'Start it again.'],
  'limit.attempts': ['There were too many attempts in a short time.', 'Wait a minute, then try again.'],
}
const OTHER = [
  'Single sign-on did not work.',
  'Try again. If it keeps failing, ask an admin to check it under Sign-on; the server log says why.',
] as const

/** What became of a visit to the identity provider, from the address that the server sends the browser to. */
export function refusedSignOn({ refused }: Record<string, unknown>): Failure | null {
  if (typeof refused !== 'string') return null
  const known = Object.hasOwn(REFUSALS, refused)
  const [message, fix] = (known ? REFUSALS[refused] : null) ?? OTHER
  return { code: known ? refused : 'auth.sign_on_failed', message, fix, retryable: false, facts: {} }
}
