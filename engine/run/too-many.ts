import { type Failure, itemBound } from '#graph'
import type { CompiledRun } from './change.ts'
import type { StepRecord } from './interfaces.ts'

/** More items than the plan was told of would break its promise, so they are refused. */
export function tooMany(
  compiled: CompiledRun,
  step: StepRecord,
  outputs: { port: string }[],
): Failure | null {
  const node = compiled.flow.nodes.get(step.nodeId)
  if (!node) return null
  for (const port of Object.keys(node.manifest.outputs)) {
    const count = outputs.filter((output) => output.port === port).length
    const bound = itemBound(node, port)
    if (count > bound) {
      return {
        code: 'output.too_many',
        message: `${node.title} put out ${count} items at "${port}" but stated ${bound} at most.`,
        fix: 'Raise the number in the node or correct its code.',
        retryable: false,
        facts: { port, count, bound },
      }
    }
  }
  return null
}
