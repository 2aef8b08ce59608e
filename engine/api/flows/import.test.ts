import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding, Flow } from '#graph'
import { type Harness, owner, template, testApi } from '../testing/harness.ts'

let api: Harness
let cookie: string
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
})
afterAll(() => api.close())

interface Answer {
  result?: { data: { flow: Flow | null; findings: Finding[]; importable: boolean; asks: unknown } }
  error?: { data: { failure: { code: string; facts: { findings?: Finding[] } } } }
}
const post = async (path: string, document: unknown) => {
  const { status, body } = await api.call(path, { method: 'POST', cookie, input: { document } })
  return { status, ...(body as Answer) }
}
const flows = async () => (await api.call('flows.list', { cookie })).body

const good = template.flow
const edges = good.edges
const back = {
  id: 'back',
  source: { node: 'write', port: 'drafts' },
  target: { node: 'brief', port: 'brief' },
}
const withConfig = (config: unknown) => ({
  ...good,
  nodes: good.nodes.map((node) => (node.id === 'write' ? { ...node, config } : node)),
})
function nested(depth: number): unknown {
  let value: unknown = 'core'
  for (let i = 0; i < depth; i++) value = [value]
  return value
}

const BROKEN: [what: string, document: unknown, code: string][] = [
  ['is no object', 'flow', 'flow.schema'],
  ['is null', null, 'flow.schema'],
  ['has wrong types', { ...good, nodes: { length: 3 } }, 'flow.schema'],
  ['has a part that flows do not have', { ...good, script: 'alert(1)' }, 'flow.schema'],
  ['has an id that is no id', { ...good, edges: [{ ...edges[0], id: '<img>' }] }, 'flow.schema'],
  ['comes from a newer Pressroom', { ...good, schemaVersion: 99 }, 'flow.version_newer'],
  ['says no version', { ...good, schemaVersion: undefined }, 'flow.version_missing'],
  ['names __proto__', withConfig(JSON.parse('{"__proto__":{"admin":true}}')), 'flow.hostile'],
  ['is nested deeply', withConfig({ agents: nested(1_000) }), 'flow.hostile'],
  ['has too many values', withConfig({ agents: Array(600_000).fill(0) }), 'flow.hostile'],
  ['goes round in a circle', { ...good, edges: [...edges, back] }, 'flow.cycle'],
  ['has a node twice', { ...good, nodes: [...good.nodes, good.nodes[0]] }, 'flow.duplicate_id'],
  [
    'connects what is not there',
    { ...good, edges: [{ ...back, target: { node: 'gone', port: 'x' } }] },
    'edge.unknown_node',
  ],
]

describe('a document that', () => {
  it.each(BROKEN)('%s is reported by its faults and makes no flow', async (_what, document, code) => {
    const before = await flows()
    const checked = await post('flows.check', document)
    expect(checked.status).toBe(200)
    expect(checked.result?.data.findings.map((finding) => finding.code)).toContain(code)
    expect(checked.result?.data.importable).toBe(false)
    const imported = await post('flows.import', document)
    expect(imported.status).toBe(422)
    expect(imported.error?.data.failure).toMatchObject({ code: 'flow.invalid' })
    expect(imported.error?.data.failure.facts.findings?.map((finding) => finding.code)).toContain(code)
    expect(await flows()).toEqual(before)
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
  })

  it('is larger than 2 MiB is not read at all', async () => {
    const before = await flows()
    const document = { ...good, description: 'x'.repeat(10 * 1024 * 1024) }
    for (const path of ['flows.check', 'flows.import']) expect((await post(path, document)).status).toBe(413)
    expect(await flows()).toEqual(before)
  })

  it('has thousands of faults is answered with two hundred of them', async () => {
    const nodes = Array.from({ length: 1_500 }, () => ({ id: '' }))
    const { result } = await post('flows.check', { ...good, nodes })
    expect(result?.data).toMatchObject({ flow: null, findings: { length: 200 } })
  })
})

describe('a sound document', () => {
  it('is shown with what it asks for, and checking it makes nothing', async () => {
    const before = await flows()
    const { result } = await post('flows.check', good)
    expect(result?.data).toEqual({
      flow: good,
      findings: [],
      importable: true,
      asks: {
        nodeTypes: ['brief@1', 'writer@1'],
        capabilities: ['model'],
        agents: ['brief', 'witty'],
        models: ['witty-sample'],
      },
    })
    expect(await flows()).toEqual(before)
  })

  it('becomes a flow of its own each time, with an address that no template has', async () => {
    const document = { ...good, name: 'Zine swarm' }
    const slugs = []
    for (let time = 0; time < 2; time++) {
      const { body } = await api.call('flows.import', { method: 'POST', cookie, input: { document } })
      slugs.push((body as { result: { data: { slug: string; draft: Flow; published: null } } }).result.data)
    }
    expect(slugs).toMatchObject([
      { slug: 'zine-swarm-2', draft: document, published: null, template: null },
      { slug: 'zine-swarm-3', draft: document, published: null, template: null },
    ])
  })

  it('that refers to an agent who is not here is imported with its findings, to be mended', async () => {
    const document = withConfig({ agents: [{ agent: 'stranger' }] })
    const { result } = await post('flows.check', document)
    expect(result?.data.findings).toMatchObject([{ code: 'writer.unknown', nodeId: 'write' }])
    expect((await post('flows.import', document)).status).toBe(200)
  })
})
