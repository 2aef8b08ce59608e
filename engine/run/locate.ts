import { type Flow, PressroomError } from '#graph'
import type { FlowStore, RunTarget } from './interfaces.ts'

export interface LocateParts {
  flows: FlowStore
  templates: { id: string; flow: Flow }[]
}

/** A flow that can be run, and how to get the immutable version of it (a test has none). Locating creates nothing. */
interface Located {
  flow: Flow
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
  const detail = await parts.flows.get(organisationId, wanted)
  if (detail && 'test' in target && target.test) {
    return { flow: detail.draft, freeze: async () => ({ flowVersionId: null, flowId: detail.id }) }
  }
  const frozen = (flowVersionId: string) => ({ flowVersionId, flowId: null })
  if (detail?.published) {
    const version = await parts.flows.version(organisationId, detail.published.id)
    if (!version) throw notFound('flow version', detail.published.id)
    return { flow: version.flow, freeze: async () => frozen(version.id) }
  }
  const publish = async (flowId: string) =>
    frozen((await parts.flows.publish(organisationId, flowId, 'First version', null)).id)
  if (detail) return { flow: detail.draft, freeze: () => publish(detail.id) }
  if ('flowId' in target) throw notFound('flow', target.flowId)
  const shipped = template(parts, target.template)
  return {
    flow: shipped.flow,
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
