import { createHash, randomBytes } from 'node:crypto'

/** R2: a step's id follows from the run, the node and the item path, so replaying a plan meets finished steps. */
export function stepId(runId: string, nodeId: string, path: string): string {
  return createHash('sha256').update(`${runId}\n${nodeId}\n${path}`).digest('hex').slice(0, 32)
}

export const outputId = (step: string, index: number): string => `${step}.${index}`

/** Sorts by time of creation: the run list pages by it. */
export function newRunId(now: number): string {
  return `run_${now.toString(36).padStart(9, '0')}${randomBytes(8).toString('hex')}`
}

/** Of the shape of `newRunId`, beside its parent in time; the same whoever asks. */
export function childRunId(parentRunId: string, stepId: string, attempt: number, place: number): string {
  const hash = createHash('sha256').update(`${stepId}\n${attempt}\n${place}`).digest('hex').slice(0, 16)
  return `${parentRunId.slice(0, 'run_'.length + 9)}${hash}`
}

/** A call of a trigger names the run that it starts: whoever starts it, and however often, starts that one. */
export const newCallId = (now: number): string => newRunId(now).replace('run_', 'call_')
export const runOfCall = (callId: string): string => callId.replace('call_', 'run_')
