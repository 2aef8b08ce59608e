import { type Failure, itemBound } from '#graph'
import type { SandboxOutput, StepRecord } from '../interfaces.ts'
import type { Outcome } from '../step-end.ts'
import type { SimulatedRun } from './simulated-run.ts'

export const failure = (retryable: boolean): Failure => ({
  code: 'node.failed',
  message: 'It did not work.',
  fix: 'Try something else.',
  retryable,
  facts: {},
})

export const failed = (retryable: boolean): Outcome => ({
  kind: 'failed',
  failure: failure(retryable),
  durationMs: 1,
})

/** Outputs that the step's node may put out; `choice` picks among them. */
export function outputs(run: SimulatedRun, step: StepRecord, choice: number): SandboxOutput[] {
  const compiled = run.compiled.flow.nodes.get(step.nodeId)
  if (!compiled) throw new Error('no such node')
  const ports = Object.keys(compiled.installed.outputs)
  const port = ports[choice % ports.length] ?? 'out'
  const count = itemBound(compiled, port) === 1 ? 1 : choice % (itemBound(compiled, port) + 1)
  return Array.from({ length: count }, (_, index) => ({ port, label: `${index}`, value: index }))
}

export const holder = (step: StepRecord) => ({
  stepId: step.id,
  attempt: step.attempt,
  worker: step.leaseOwner ?? '',
})
