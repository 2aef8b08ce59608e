import { type Failure, PressroomError } from '#graph'
import { unauthenticated } from './admitted.ts'

type Told = Pick<Failure, 'code' | 'message' | 'fix'>

const wrongCode: Told = {
  code: 'auth.wrong_code',
  message: 'This code is not valid, or it was used already.',
  fix: 'Wait for the next code of your authenticator app, or use one of your backup codes.',
}
const startAgain: Told = {
  code: 'auth.start_again',
  message: 'This sign-in took too long or was tried too often.',
  fix: 'Sign in with your password once more.',
}

/** better-auth's codes in our own words. */
const REFUSALS: Record<string, Told> = {
  INVALID_EMAIL_OR_PASSWORD: {
    code: 'auth.refused',
    message: 'This e-mail address and password do not belong together.',
    fix: 'Check both and try again.',
  },
  INVALID_EMAIL: {
    code: 'input.invalid',
    message: 'An e-mail address and a password are needed to sign in.',
    fix: 'Fill in both and try again.',
  },
  INVALID_PASSWORD: {
    code: 'auth.wrong_password',
    message: 'This is not your password.',
    fix: 'Type the password that you sign in with.',
  },
  INVALID_CODE: wrongCode,
  INVALID_BACKUP_CODE: wrongCode,
  INVALID_TWO_FACTOR_COOKIE: startAgain,
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: startAgain,
  ACCOUNT_TEMPORARILY_LOCKED: {
    code: 'limit.two_factor',
    message: 'Too many wrong codes were entered for this account.',
    fix: 'Wait a quarter of an hour, then sign in again.',
  },
  TOTP_ALREADY_ENABLED: {
    code: 'conflict.two_factor',
    message: 'Two-factor sign-in is on already.',
    fix: 'Turn it off first to set it up with another device.',
  },
  TOTP_NOT_ENABLED: {
    code: 'conflict.two_factor',
    message: 'Two-factor sign-in is not on.',
    fix: 'Set it up first, on the page of your account.',
  },
}

export function refusalOf(code: string): PressroomError {
  if (code === 'UNAUTHORIZED' || code === 'HTTP_401') return unauthenticated()
  const told = REFUSALS[code] ?? {
    code: 'input.invalid',
    message: 'The server did not take this.',
    fix: 'Check what was entered and try again.',
  }
  return new PressroomError({ ...told, facts: { reason: code } })
}
