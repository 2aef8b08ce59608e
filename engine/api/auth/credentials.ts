import { newKey } from './key.ts'
import { hashPassword } from './password.ts'
import { setupCode } from './setup-code.ts'
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from './session.ts'

/** What the command line needs to make people and keys as the API does. */
export const credentials = {
  hashPassword,
  newKey,
  setupCode,
  passwordCharacters: { min: PASSWORD_MIN_CHARACTERS, max: PASSWORD_MAX_CHARACTERS },
}
