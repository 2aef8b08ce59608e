/**
 * A failure that node code explains itself. The engine turns it into a failed step with exactly these facts; any
 * other thrown error becomes `node.failed`. Recognised by its `failure` property, so it may cross isolates as data.
 */
export class NodeError extends Error {
  readonly failure: {
    code: string
    message: string
    fix: string
    retryable: boolean
    facts: Record<string, unknown>
  }

  constructor(failure: { code: string; message: string; fix: string; facts?: Record<string, unknown> }) {
    super(failure.message)
    this.name = 'NodeError'
    // Never retryable: finished calls are journalled, so another attempt would meet the very same reply.
    this.failure = { facts: {}, ...failure, retryable: false }
  }
}

/** A model's reply that parsed but can't be used. The reply travels with the failure. */
export const unusableReply = (problem: string, reply: { text: string; model: string }): NodeError =>
  new NodeError({
    code: 'model.reply_invalid',
    message: problem,
    fix: 'Run again with another seed, or give this agent a more capable model.',
    facts: { reply: reply.text, model: reply.model },
  })
