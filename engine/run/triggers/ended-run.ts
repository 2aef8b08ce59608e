import type { RunDocument } from '#graph'
import type { Json } from '../interfaces.ts'

/** What a run came to, for whoever waits for it: a webhook that is answered with it, or a flow that starts from it. */
export function endedRun({ runId, flow, status, input, failure, ...run }: RunDocument): Record<string, Json> {
  const versions = run.deliverable?.versions ?? []
  const best = versions.find(({ current }) => current) ?? versions[0]
  return {
    run: { id: runId, flow: flow.name, status, createdAt: run.createdAt, finishedAt: run.finishedAt },
    brief: briefIn(input),
    deliverable: run.deliverable && {
      title: run.deliverable.title,
      contentType: run.deliverable.contentType,
      text: best?.text ?? '',
      note: run.deliverable.note,
    },
    outputs: run.outputs.map(({ nodeId, port, label, value }) => ({
      node: nodeId,
      port,
      label,
      value,
    })),
    failure: failure && { code: failure.code, message: failure.message, fix: failure.fix },
  }
}

const briefIn = (input: unknown): Json =>
  typeof input === 'object' && input !== null && 'brief' in input ? (input.brief as Json) : null
