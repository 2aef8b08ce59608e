import { stringify } from './harden.ts'
import { StepFault } from './failures.ts'

/** Messages to the host as JSON texts. Plain string joining: nothing that node code could have tampered with. */
let outbox = ''

export function post(message: object): void {
  postText(stringify(message))
}

export function postText(text: string): void {
  outbox = outbox === '' ? text : `${outbox},${text}`
}

export function takeOutbox(): string {
  const taken = outbox
  outbox = ''
  return taken
}

/** Refuses before anything is kept that could not cross to the host. */
export function checkLength(text: string, limit: number, what: string): string {
  if (text.length + outbox.length > limit) {
    throw new StepFault(
      'sandbox.message_too_large',
      `${what} would be ${text.length} characters; a step may send ${limit} at a time.`,
      { length: text.length, limit },
    )
  }
  return text
}
