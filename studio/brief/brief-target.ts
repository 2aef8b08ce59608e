import type { BriefField, BriefInput, Flow } from '#graph'
import { api } from '../app/api.ts'

/** `test`: the draft as it stands, without publishing it. */
export type RunTarget = { template: string } | { flowId: string; test?: true }

/** What the brief is for: a template of the gallery or a saved flow. */
export interface BriefTarget {
  target: RunTarget
  /** Under which a draft of the brief is kept. */
  key: string
  name: string
  summary: string
  contentType: { name: string; description: string } | null
  /** Empty for a flow that takes no brief. */
  form: BriefField[]
  sample: BriefInput | null
}

export async function templateTarget(id: string): Promise<BriefTarget> {
  const [template, contentTypes] = await Promise.all([
    api.templates.get.query({ id }),
    api.catalog.contentTypes.query(),
  ])
  const contentType = contentTypes.find(({ slug }) => slug === template.contentType)
  return {
    target: { template: id },
    key: `template.${id}`,
    name: template.name,
    summary: template.description,
    contentType: contentType ?? null,
    form: contentType?.form ?? [],
    sample: template.brief,
  }
}

export async function flowTarget(id: string, test = false): Promise<BriefTarget> {
  const [flow, contentTypes, templates] = await Promise.all([
    api.flows.get.query({ id }),
    api.catalog.contentTypes.query(),
    api.templates.list.query(),
  ])
  const slug = contentTypeOf(flow.draft)
  const contentType = contentTypes.find((one) => one.slug === slug)
  return {
    target: test ? { flowId: id, test } : { flowId: id },
    key: `flow.${id}`,
    name: flow.name,
    summary: flow.description,
    contentType: contentType ?? null,
    form: contentType?.form ?? [],
    sample: templates.find((template) => template.id === flow.template)?.brief ?? null,
  }
}

/** The content type that the flow's brief node names. */
export function contentTypeOf(flow: Flow): string | null {
  const config = flow.nodes.find(({ type }) => type === 'brief')?.config
  return typeof config?.['contentType'] === 'string' ? config['contentType'] : null
}
