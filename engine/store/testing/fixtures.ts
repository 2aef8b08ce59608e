import type { Flow } from '#graph'
import type { SeedData } from '../../../prisma/seed.ts'

export const smallSeed: SeedData = {
  contentTypes: ['zine', 'blog-post'].map((slug) => ({
    slug,
    name: slug,
    description: '',
    systemContext: '',
    form: [{ key: 'topic', label: 'Topic', help: '', placeholder: '', kind: 'line', required: true }],
  })),
  agents: ['witty', 'brief'].map((slug) => ({
    slug,
    name: slug,
    role: 'writer',
    description: '',
    systemPrompt: `You are ${slug}.`,
    criteria: [],
  })),
  modelConfigurations: [
    {
      id: 'witty-sample',
      agent: 'witty',
      provider: 'sample',
      model: 'sample',
      label: 'Sample model: no AI',
      local: true,
      isDefault: true,
      temperature: 0.5,
      maxOutputTokens: 100,
    },
  ],
}

export const smallFlow: Flow = {
  schemaVersion: 1,
  name: 'Greeting',
  description: 'Says hello',
  nodes: [
    {
      id: 'text',
      type: 'template-text',
      version: 1,
      position: { x: 0, y: 0 },
      config: { template: 'Hello' },
    },
  ],
  edges: [],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
}
