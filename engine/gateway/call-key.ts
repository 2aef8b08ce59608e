import { createHash } from 'node:crypto'
import { canonicalJson } from '#graph'
import type { CallContext, Json, ModelCall } from '#run/interfaces.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Finds a finished call again when its step is rerun: the request's hash, `#`, and which of its equals it is. */
export function callKey(call: ModelCall, modelId: string): string {
  const request: Json = {
    model: modelId,
    system: call.system ?? '',
    prompt: call.prompt,
    purpose: call.purpose,
    schema: call.schema ?? null,
  }
  return `${sha256(canonicalJson(request))}#${call.occurrence}`
}

export const callId = (context: CallContext, key: string): string =>
  `${context.step.stepId}.${sha256(key).slice(0, 16)}`

/**
 * The run's seed and the step's path make equal requests of different steps differ, and reruns of one step agree.
 * After a failed attempt the seed is another one: a model that gave an unusable reply would only give it again.
 */
export function callSeed({ seed, step, failedAttempts }: CallContext, occurrence: number): number {
  const text = `${seed}/${step.path}#${occurrence}${failedAttempts > 0 ? `~${failedAttempts}` : ''}`
  return createHash('sha256').update(text).digest().readUInt32BE(0) & 0x7fff_ffff
}
