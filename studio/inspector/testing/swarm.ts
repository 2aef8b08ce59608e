import type { Catalog, Flow, FlowEdge, FlowNode, NodeDefinition } from '#graph'
import { manifestOf } from '#graph'
import branch from '../../../nodes/branch.ts'
import brief from '../../../nodes/brief.ts'
import deliverable from '../../../nodes/deliverable.ts'
import editor from '../../../nodes/editor.ts'
import localModel from '../../../nodes/local-model.ts'
import merge from '../../../nodes/merge.ts'
import templateText from '../../../nodes/template-text.ts'
import writer from '../../../nodes/writer.ts'

const definitions = [branch, brief, deliverable, editor, localModel, merge, templateText, writer]

/** The manifests of built-in nodes, as the engine lists them. */
export const MANIFESTS = definitions.map((one) => manifestOf(one as unknown as NodeDefinition))

export const node = (id: string, type: string, rest: Partial<FlowNode> = {}): FlowNode => ({
  id,
  type,
  version: 1,
  position: { x: 0, y: 0 },
  config: {},
  ...rest,
})

/** `a.out > b.in` as an edge. */
export const edge = (line: string): FlowEdge => {
  const [from = '', to = ''] = line.split(' > ')
  const end = (text: string) => ({ node: text.split('.')[0] ?? '', port: text.split('.')[1] ?? '' })
  return { id: line.replaceAll(/\W+/g, '-'), source: end(from), target: end(to) }
}

export const flowWith = (nodes: FlowNode[], edges: string[]): Flow => ({
  schemaVersion: 1,
  name: 'Flow',
  description: '',
  nodes,
  edges: edges.map(edge),
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
})

const agent = (slug: string, role: 'writer' | 'editor') => ({
  slug,
  name: `${slug} ${role}`,
  role,
  description: '',
  systemPrompt: '',
  criteria: [],
})
const model = (id: string, of: string | null, provider: string, isDefault: boolean) => ({
  id,
  agent: of,
  provider,
  model: 'm',
  label: `${provider} model`,
  local: provider !== 'hosted',
  isDefault,
  temperature: 0,
  maxOutputTokens: 100,
})

export const CATALOG: Catalog = {
  contentTypes: [
    { slug: 'blog-post', name: 'Blog post', description: 'An article.', systemContext: '', form: [] },
    { slug: 'press-release', name: 'Press release', description: 'News.', systemContext: '', form: [] },
  ],
  agents: [agent('creative', 'writer'), agent('technical', 'writer'), agent('clarity', 'editor')],
  models: [
    model('creative-auto', 'creative', 'sample', true),
    model('creative-hosted', 'creative', 'hosted', false),
    model('technical-auto', 'technical', 'sample', true),
    model('general', null, 'spare', true),
  ],
}
