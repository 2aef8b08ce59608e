import { PressroomError } from '#graph'

/** As the API says it: a row of another organisation and one that never was are the same thing. */
export const notFound = (what: string, id: string): PressroomError =>
  new PressroomError({
    code: `not_found.${what}`,
    message: `There is no such ${what.replace('_', ' ')}.`,
    fix: 'Check the address, or open it from the list.',
    facts: { id },
  })

export const nameTaken = (what: string, name: string): PressroomError =>
  new PressroomError({
    code: `conflict.${what}_name`,
    message: `There is a ${what.replace('_', ' ')} called "${name}" already.`,
    fix: 'Choose another name.',
    facts: { name },
  })
