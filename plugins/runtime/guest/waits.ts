import { waitIn, waitSchema, type NodeDefinition } from '#sdk'
import { parse, stringify } from './harden.ts'
import { StepFault } from './failures.ts'
import { issueText } from './host.ts'

/** The JSON of a wait that the node returned, checked; null where it returned outputs. */
export function waitText(node: NodeDefinition, returned: unknown): string | null {
  const wait = waitIn(returned)
  if (wait === null) return null
  const text = stringify(wait)
  const result = waitSchema.safeParse(text === undefined ? undefined : parse(text))
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    throw new StepFault('wait.invalid', `The node's wait can't be used: ${issueText(issues)}`, { issues })
  }
  if (node.waits?.includes(result.data.kind) !== true) {
    const { kind } = result.data
    throw new StepFault('wait.invalid', `The node waits for a ${kind} without declaring it.`, { kind })
  }
  return stringify(result.data)
}
