import { type Flow, PressroomError } from '#graph'
import type { FlowStore, FlowsToRun, RunTarget } from './interfaces.ts'

export interface LocateParts {
  flows: FlowStore
  flowsToRun: FlowsToRun
  templates: { id: string; flow: Flow }[]
}

/** A flow that can be run, and how to get the immutable version of it (a test has none). Locating creates nothing. */
interface Located {
  flow: Flow
  /** Null for a template that nobody has used yet. */
  flowId: string | null
  freeze(): Promise<{ flowVersionId: string | null; flowId: string | null }>
}

/**
 * The published version where there is one, else the draft; a template that nobody has used yet as it is shipped. A
 * test runs the draft as it is saved now, and publishes nothing.
 */
export async function locate(
  parts: LocateParts,
  organisationId: string,
  target: RunTarget,
): Promise<Located> {
  const wanted = 'flowId' in target ? target.flowId : target.template
  if ('test' in target && target.test) {
    const detail = await parts.flows.get(organisationId, wanted)
    if (!detail) throw notFound('flow', wanted)
    return {
      flow: detail.draft,
      flowId: detail.id,
      freeze: async () => ({ flowVersionId: null, flowId: detail.id }),
    }
  }
  const frozen = (flowVersionId: string) => ({ flowVersionId, flowId: null })
  const publish = async (flowId: string) =>
    frozen((await parts.flows.publish(organisationId, flowId, 'First version', null)).id)
  const found = await parts.flowsToRun.find(organisationId, wanted)
  if (found) {
    const { flow, flowId, versionId } = found
    return {
      flow,
      flowId,
      freeze: () => (versionId === null ? publish(flowId) : Promise.resolve(frozen(versionId))),
    }
  }
  if ('flowId' in target) throw notFound('flow', target.flowId)
  const shipped = template(parts, target.template)
  return {
    flow: shipped.flow,
    flowId: null,
    freeze: async () => publish((await parts.flows.fromTemplate(organisationId, shipped)).id),
  }
}

function template(parts: LocateParts, id: string) {
  const found = parts.templates.find((candidate) => candidate.id === id)
  if (found) return found
  throw new PressroomError({
    code: 'not_found.template',
    message: `There is no template "${id}".`,
    fix: `Choose one of: ${parts.templates.map((candidate) => candidate.id).join(', ')}.`,
    facts: { template: id },
  })
}

export function notFound(what: string, id: string): PressroomError {
  return new PressroomError({
    code: `not_found.${what.replace(' ', '_')}`,
    message: `There is no such ${what}.`,
    fix: 'Check the address, or open it from the list.',
    facts: { id },
  })
}
