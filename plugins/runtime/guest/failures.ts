import { NodeError } from '#sdk'
import { stringify } from './harden.ts'

/** A failure that the harness itself found; `code` and `facts` go out as they are. */
export class StepFault extends Error {
  readonly code: string
  readonly facts: Record<string, unknown>

  constructor(code: string, message: string, facts: Record<string, unknown> = {}) {
    super(message)
    this.name = 'StepFault'
    this.code = code
    this.facts = facts
  }
}

/** Errors by which the host's own failures reached the node: only these may leave with the host's code. */
const fromHost = new WeakMap<object, number>()

export function hostError(call: number, message: string): Error {
  const error = new Error(message)
  error.name = 'HostFailure'
  fromHost.set(error, call)
  return error
}

export interface FailMessage {
  call?: number
  code: string
  message: string
  fix?: string
  facts: Record<string, unknown>
}

const MAX_MESSAGE = 2_000
const MAX_FACTS = 1_000_000

function plain(facts: Record<string, unknown>): Record<string, unknown> {
  const text = stringify(facts)
  return text.length > MAX_FACTS ? { omitted: `${text.length} characters of facts` } : facts
}

/** Any thrown thing as a message. Node code may have thrown an object that throws when looked at. */
export function failMessage(thrown: unknown): FailMessage {
  try {
    if (thrown instanceof StepFault)
      return { code: thrown.code, message: thrown.message, facts: thrown.facts }
    if (thrown instanceof NodeError) {
      const { code, message, fix, facts } = thrown
      return { code: `${code}`, message: `${message}`, fix: `${fix}`, facts: plain(facts) }
    }
    if (typeof thrown === 'object' && thrown !== null) {
      const call = fromHost.get(thrown)
      if (call !== undefined) return { call, code: 'node.failed', message: 'A request failed.', facts: {} }
    }
    const message = thrown instanceof Error ? thrown.message : thrown
    const name = thrown instanceof Error ? `${thrown.name}` : typeof thrown
    return {
      code: 'node.failed',
      message: `${message}`.slice(0, MAX_MESSAGE),
      facts: { error: name.slice(0, 100) },
    }
  } catch {
    return { code: 'node.failed', message: 'The node threw something that cannot be read.', facts: {} }
  }
}
