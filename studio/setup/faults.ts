export interface SetupAnswers {
  code: string
  name: string
  email: string
  password: string
  organisation: string
}

export const MIN_PASSWORD_CHARACTERS = 10

/** Undefined for one that can be taken. */
export const passwordFault = (password: string): string | undefined =>
  password.length < MIN_PASSWORD_CHARACTERS
    ? `Use at least ${MIN_PASSWORD_CHARACTERS} characters; a short sentence is easy to remember.`
    : undefined

/** What still keeps the first administrator from being created, by field. */
export function setupFaults(answers: SetupAnswers): Partial<Record<keyof SetupAnswers, string>> {
  const faults: Partial<Record<keyof SetupAnswers, string>> = {}
  if (answers.code.trim() === '') faults.code = 'Copy it from the window where Pressroom was started.'
  if (answers.organisation.trim() === '') faults.organisation = 'Say what your organisation is called.'
  if (answers.name.trim() === '') faults.name = 'Say what colleagues call you.'
  if (!/^\S+@\S+\.\S+$/.test(answers.email.trim()))
    faults.email = 'An e-mail address looks like name@example.org.'
  const password = passwordFault(answers.password)
  if (password) faults.password = password
  return faults
}
