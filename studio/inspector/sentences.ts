import { type Field, type FieldControl, titleOf } from './fields.ts'
import type { FieldFinding } from './repairs.ts'

/** What zod says of a text, a list or a choice, in the words of this form. */
const PLAIN: readonly [RegExp, (...found: string[]) => string][] = [
  [/^Too small: expected (?:string|array) to have >=1 /, () => 'This is needed.'],
  [/^Too small: expected string to have >=(\d+) /, (least) => `Takes ${least} characters at least.`],
  [/^Too big: expected string to have <=(\d+) /, (most) => `Takes ${most} characters at most.`],
  [/^Too small: expected array to have >=(\d+) /, (least) => `Takes ${least} entries at least.`],
  [/^Too big: expected array to have <=(\d+) /, (most) => `Takes ${most} entries at most.`],
  [/^Invalid option: expected one of (.*)$/, (options) => `Takes one of ${optionNames(options)}.`],
  [/^Invalid input: expected string/, () => 'Takes a text.'],
  [/^Invalid input: expected boolean/, () => 'Takes yes or no.'],
  [/^Invalid input: expected array/, () => 'Takes a list.'],
  [/^Invalid input: expected object/, () => 'What is here can’t be read.'],
]

const optionNames = (options = ''): string =>
  [...options.matchAll(/"([^"]*)"/g)].map(([, one = '']) => titleOf(one)).join(', ')

/** "Takes a whole number from 1 to 5." rather than "Too big: expected number to be <=5". */
export function sentence({ finding, field, inside }: FieldFinding, fields: readonly Field[]): string {
  const control = fields.find(({ name }) => name === field)?.control
  const { code, message } = finding
  if (message === 'required') return 'This is needed.'
  if (code === 'node.config_invalid') {
    if (control?.kind === 'number') return numberSentence(control)
    if (control?.kind === 'agents' && inside === '') {
      return message.startsWith('Too big') ? `Choose ${control.most} at most.` : 'Choose at least one.'
    }
    for (const [pattern, words] of PLAIN) {
      const found = pattern.exec(message)
      if (found) return words(...found.slice(1))
    }
  }
  return `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`
}

function numberSentence({ least, most, integer }: Extract<FieldControl, { kind: 'number' }>): string {
  const kind = integer ? 'a whole number' : 'a number'
  if (least !== null && most !== null) return `Takes ${kind} from ${least} to ${most}.`
  if (least !== null) return `Takes ${kind}, ${least} at least.`
  if (most !== null) return `Takes ${kind}, ${most} at most.`
  return `Takes ${kind}.`
}
