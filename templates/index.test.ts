import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkInput, compile, manifestOf, plan, validateFlow } from '#graph'
import type { Catalog, Flow, NodeManifest } from '#graph'
import type { NodeDefinition } from '#sdk'
import brief from '../nodes/brief.ts'
import deliverable from '../nodes/deliverable.ts'
import editor from '../nodes/editor.ts'
import evaluator from '../nodes/evaluator.ts'
import rank from '../nodes/rank.ts'
import writer from '../nodes/writer.ts'
import { agents } from '../prisma/seed-data/agents.ts'
import { contentTypes } from '../prisma/seed-data/content-types.ts'
import { modelConfigurations } from '../prisma/seed-data/models.ts'
import { loadTemplates } from './index.ts'

const builtIn = [brief, writer, editor, evaluator, rank, deliverable].map(
  (node) => node as unknown as NodeDefinition,
)
const manifests: Record<string, NodeManifest> = Object.fromEntries(
  builtIn.map((node) => [`${node.type}@${node.version}`, manifestOf(node)]),
)
const catalog: Catalog = { contentTypes, agents, models: modelConfigurations }
const templates = await loadTemplates()

function planOf(flow: Flow | undefined) {
  const made = flow === undefined ? { tooLarge: true } : plan(compile(flow, manifests), catalog)
  if ('tooLarge' in made) throw new Error('no plan')
  return made
}

test('the gallery holds the six marketing swarms in its order', () => {
  expect(templates.map(({ id }) => id)).toEqual([
    'blog-post-swarm',
    'linkedin-post-swarm',
    'twitter-thread-swarm',
    'email-newsletter-swarm',
    'press-release-swarm',
    'landing-page-swarm',
  ])
})

describe.each(templates)('$id', ({ flow, brief: sample, contentType }) => {
  test('the validator finds nothing in it on a fresh install', () => {
    expect(validateFlow(flow, manifests, catalog)).toEqual([])
  })

  test('every node parses its configuration', () => {
    const refused = flow.nodes.filter(({ type, config }) => {
      const node = builtIn.find((candidate) => candidate.type === type)
      return node?.config.safeParse(config).success !== true
    })
    expect(refused).toEqual([])
  })

  test('its sample brief is an input that it takes', () => {
    expect(checkInput(flow, { brief: sample }).findings).toEqual([])
  })

  test('its content type is the one that its brief asks for', () => {
    expect(flow.nodes.find(({ type }) => type === 'brief')?.config).toEqual({ contentType })
  })

  test('all its steps are known before it runs', () => {
    expect(planOf(flow).exact).toBe(true)
  })

  test('edges run from left to right with room between their nodes', () => {
    const x = (id: string) => flow.nodes.find((node) => node.id === id)?.position.x ?? 0
    for (const { source, target } of flow.edges)
      expect(x(target.node) - x(source.node)).toBeGreaterThanOrEqual(360)
  })
})

test('the blog post swarm makes exactly six drafts, each scored by three evaluators', () => {
  const made = planOf(templates.find(({ id }) => id === 'blog-post-swarm')?.flow)
  const steps = (type: string) => made.steps.filter(({ nodeType }) => nodeType === type).length
  expect(made.drafts).toBe(6)
  expect([steps('writer'), steps('editor'), steps('evaluator'), steps('rank')]).toEqual([2, 6, 18, 1])
})

test('a broken template is refused with its file and the path of the fault', async () => {
  const root = await mkdtemp(join(tmpdir(), 'templates-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const folder = join(root, 'broken')
  await mkdir(folder)
  const { flow, brief: sample, ...facts } = templates[0] as (typeof templates)[number]
  await writeFile(join(folder, 'flow.json'), JSON.stringify(flow))
  await writeFile(join(folder, 'template.json'), JSON.stringify(facts))
  await writeFile(join(folder, 'brief.json'), JSON.stringify({ ...sample, audience: undefined }))
  await expect(loadTemplates(root)).rejects.toThrow(/brief\.json is not valid: audience: required/)
})
