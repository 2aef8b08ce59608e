import { z } from 'zod'
import {
  type AgentRole,
  type Catalog,
  type NodeManifest,
  agentChoiceOf,
  agentChoices,
  briefInputSchema,
  fieldHints,
  flowSchema,
  manifestKey,
} from '#graph'
import type { Services, Template } from '../deps.ts'

export const templateSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  summary: z.string(),
  description: z.string(),
  contentType: z.string(),
  contentTypeName: z.string(),
  icon: z.string(),
  /** How many drafts the sample brief gives; null when the template can't be planned right now. */
  drafts: z.number().int().nullable(),
  /** Names of the agents, each once. */
  writers: z.array(z.string()),
  editors: z.array(z.string()),
  evaluators: z.array(z.string()),
  brief: briefInputSchema,
})
export const templateDetailSchema = templateSummarySchema.extend({ flow: flowSchema })
export type TemplateSummary = z.infer<typeof templateSummarySchema>

export async function summarise(
  template: Template,
  services: Services,
  organisationId: string,
  catalog: Catalog,
): Promise<TemplateSummary> {
  const { plan } = await services.runService.plan(
    organisationId,
    { template: template.id },
    { brief: template.brief },
  )
  const { id, name, summary, description, contentType, icon, brief } = template
  const known = catalog.contentTypes.find(({ slug }) => slug === contentType)
  const named = (role: AgentRole) => agentNames(template, role, services.manifests, catalog)
  return {
    id,
    name,
    summary,
    description,
    contentType,
    contentTypeName: known?.name ?? contentType,
    icon,
    drafts: plan?.drafts ?? null,
    writers: named('writer'),
    editors: named('editor'),
    evaluators: named('evaluator'),
    brief,
  }
}

function agentNames(
  { flow }: Template,
  role: AgentRole,
  manifests: NodeManifest[],
  catalog: Catalog,
): string[] {
  const slugs = flow.nodes
    .filter((node) => !node.disabled)
    .flatMap((node) => {
      const manifest = manifests.find((candidate) => manifestKey(candidate) === manifestKey(node))
      if (!manifest) return []
      const fields = [...fieldHints(manifest)].filter(
        ([, hint]) => hint.kind === 'agent' && hint.role === role,
      )
      return fields.flatMap(([field]) => [agentChoiceOf(node.config[field]), ...agentChoices(node, field)])
    })
    .flatMap((choice) => choice?.agent ?? [])
  return [...new Set(slugs)].map((slug) => catalog.agents.find((agent) => agent.slug === slug)?.name ?? slug)
}
