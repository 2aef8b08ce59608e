/** Codes that node code may give its own failures; every other thrown error is `node.failed`. */
export type NodeFailureCode =
  | 'node.failed'
  | 'config.invalid'
  | 'model.reply_invalid'
  | 'flow.stopped'
  | 'child.failed'

/** A failure that node code explains itself: what happened, what to do next, and the details. */
export class NodeError extends Error {
  readonly code: NodeFailureCode
  readonly fix: string
  readonly facts: Record<string, unknown>

  constructor(failure: {
    code?: NodeFailureCode
    message: string
    fix: string
    facts?: Record<string, unknown>
  }) {
    super(failure.message)
    this.name = 'NodeError'
    this.code = failure.code ?? 'node.failed'
    this.fix = failure.fix
    this.facts = failure.facts ?? {}
  }
}

/** A model's text that can't be used. The reply travels with the failure. */
export const unusableReply = (problem: string, reply: { text: string; model: string }): NodeError =>
  new NodeError({
    code: 'model.reply_invalid',
    message: problem,
    fix: 'Run again with another seed, or give this agent a more capable model.',
    facts: { reply: reply.text, model: reply.model },
  })
