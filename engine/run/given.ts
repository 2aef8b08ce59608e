/** The nodes of a trial that do not run because what they put out is given. Pure. */
import { type Change, nodeOf, nodeProgress, passOn, say, stepRef } from './change.ts'
import { outputId, stepId } from './ids.ts'
import type { Json, OutputRecord, StepRecord } from './interfaces.ts'

/** An item that is given. `path` and `ordinal` are those that it had in an earlier run, where it is from one. */
export interface GivenOutput {
  node: string
  port: string
  path: string
  ordinal: number[]
  label: string
  value: Json
}

/** Each given node is there as one succeeded step with no attempt and no usage; what follows it goes on as ever. */
export function give(change: Change, given: readonly GivenOutput[]): void {
  const { trial } = change.compiled.snapshot
  const nodes = new Set(trial?.given.map(({ node }) => node))
  for (const nodeId of change.compiled.flow.order.filter((id) => nodes.has(id))) {
    const compiled = nodeOf(change, nodeId)
    const step = succeeded(change, nodeId, compiled.title)
    const outputs = given
      .filter(({ node }) => node === nodeId)
      .map(({ port, path, ordinal, label, value }, index): OutputRecord => ({
        id: outputId(step.id, index),
        stepId: step.id,
        nodeId,
        port,
        portType: compiled.manifest.outputs[port]?.type ?? 'any',
        path,
        ordinal,
        label,
        value,
      }))
    Object.assign(nodeProgress(change, nodeId), { succeeded: 1, started: true, closed: true })
    change.newSteps.push(step)
    change.writes.outputs.push(...outputs)
    say(change, {
      type: 'step.given',
      ...stepRef(step),
      outputs: outputs.map(({ id, port, portType, label }) => ({ id, port, type: portType, label })),
    })
    for (const item of outputs) {
      const key = `${nodeId}.${item.port}`
      change.progress.items[key] = (change.progress.items[key] ?? 0) + 1
      passOn(change, compiled, item)
    }
  }
}

function succeeded(change: Change, nodeId: string, label: string): StepRecord {
  const { id: runId, organisationId } = change.run
  return {
    id: stepId(runId, nodeId, ''),
    runId,
    organisationId,
    nodeId,
    path: '',
    ordinal: [],
    label,
    status: 'succeeded',
    attempt: 0,
    inputId: null,
    inputPort: null,
    entry: null,
    needsLocal: false,
    needsExternal: false,
    leaseOwner: null,
    startedAt: null,
    attempts: [],
    resumedFrom: null,
  }
}
