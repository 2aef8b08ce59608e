import { expect, test } from 'vitest'
import type { Flow } from '#graph'
import { portsOf } from './connections.ts'
import { previewOf } from './preview.ts'
import { arrivalsOf, conditionPaths, referencesOf } from './reach.ts'
import { NO_SAMPLES, type SampleValues, briefIn, contentTypeOf, itemKey, variablesOf } from './samples.ts'
import { CATALOG, MANIFESTS, flowWith, node } from './testing/swarm.ts'

const brief = {
  topic: 'Calendars',
  audience: 'Leads',
  goal: 'Downloads',
  keyPoints: ['one', 'two'],
  tone: 'casual' as const,
}
const samples: SampleValues = { ...NO_SAMPLES, origin: 'Sample', brief }
const chain = flowWith(
  [node('brief', 'brief'), node('write', 'writer'), node('way', 'branch'), node('ask', 'local-model')],
  ['brief.brief > write.brief', 'write.drafts > way.input', 'way.true > ask.input'],
)
const pathsOf = (flow: Flow, id: string) => referencesOf(flow, MANIFESTS, id, samples).map(({ path }) => path)

test('what a branch hands on is what came to it', () => {
  expect(arrivalsOf(chain, MANIFESTS, 'ask')).toEqual([
    { port: 'input', nodeId: 'write', output: 'drafts', from: 'Writers', type: 'draft' },
  ])
})

test('a node is offered the fields of what reaches it, and the brief that the run was given', () => {
  const paths = pathsOf(chain, 'ask')
  expect(paths[0]).toBe('input')
  expect(paths).toEqual(expect.arrayContaining(['input.text', 'input.brief.topic', 'input.writer.name']))
  expect(paths).toContain('run.input.brief.topic')
  expect(paths).not.toContain('input.topic')
})

test('the text of a draft is offered before its marks, and near fields before deep ones', () => {
  const paths = pathsOf(chain, 'ask')
  expect(paths.indexOf('input.text')).toBe(1)
  expect(paths.indexOf('input.status')).toBeLessThan(paths.indexOf('input.brief.topic'))
})

test('nothing reaches a node through one that is switched off', () => {
  const nodes = chain.nodes.map((one) => (one.id === 'way' ? { ...one, disabled: true } : one))
  expect(arrivalsOf({ ...chain, nodes }, MANIFESTS, 'ask')).toEqual([])
})

test('two ways that meet offer both makers, each field once', () => {
  const flow = flowWith(
    [
      node('brief', 'brief'),
      node('write', 'writer', { title: 'Us' }),
      node('m', 'merge'),
      node('t', 'template-text'),
    ],
    ['brief.brief > m.a', 'brief.brief > write.brief', 'write.drafts > m.b', 'm.out > t.input'],
  )
  const references = referencesOf(flow, MANIFESTS, 't', NO_SAMPLES)
  expect(references.filter(({ path }) => path === 'input')).toHaveLength(1)
  expect(references.find(({ path }) => path === 'input')?.from).toBe('Brief, Us')
  expect(references.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['input.topic', 'input.brief.topic']),
  )
})

test('a cycle ends the search and repeats nothing', () => {
  const flow = flowWith([node('a', 'merge'), node('b', 'merge')], ['a.out > b.a', 'b.out > a.a'])
  expect(arrivalsOf(flow, MANIFESTS, 'a')).toEqual([])
})

test('a node that waits for everything is offered lists', () => {
  const flow = flowWith([node('w', 'writer'), node('d', 'deliverable')], ['w.drafts > d.drafts'])
  const paths = pathsOf(flow, 'd')
  expect(paths).toEqual(expect.arrayContaining(['gathered.drafts', 'gathered.drafts.first.text']))
  expect(paths.some((path) => path.startsWith('input'))).toBe(false)
})

test('sample values come from the run that was seen, else from the brief, and are never made up', () => {
  const at = (values: SampleValues, path: string) =>
    referencesOf(chain, MANIFESTS, 'ask', values).find((reference) => reference.path === path)?.sample
  expect(at(samples, 'input.brief.topic')).toBe('Calendars')
  expect(at(samples, 'input.text')).toBeNull()
  const items = new Map([[itemKey('write', 'drafts'), { text: 'A draft', brief: { topic: 'Seen' } }]])
  expect(at({ ...samples, items }, 'input.text')).toBe('A draft')
  expect(at({ ...samples, items }, 'input.brief.topic')).toBe('Seen')
  expect(at(NO_SAMPLES, 'input.brief.topic')).toBeNull()
})

test('conditions name fields of the item without the word input', () => {
  const paths = conditionPaths(referencesOf(chain, MANIFESTS, 'way', samples)).map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['status', 'brief.tone']))
})

test('every field that is offered means the same in a rendered text', async () => {
  const item = { text: 'Words', brief: { ...brief, topic: 'Seen' }, writer: { name: 'Ada' } }
  const seen: SampleValues = { ...samples, items: new Map([[itemKey('write', 'drafts'), item]]) }
  const variables = variablesOf('each', arrivalsOf(chain, MANIFESTS, 'ask'), seen)
  const rendered = await previewOf(
    '{{ input.text }} {{ input.brief.topic }} {{ run.input.brief.tone }}',
    variables,
  )
  expect(rendered).toEqual({ text: 'Words Seen casual', fault: null })
  const all = flowWith([node('write', 'writer'), node('d', 'deliverable')], ['write.drafts > d.drafts'])
  const gathered = variablesOf('all', arrivalsOf(all, MANIFESTS, 'd'), seen)
  expect((await previewOf('{{ gathered.drafts.first.writer.name }}', gathered)).text).toBe('Ada')
})

test('a template that cannot be rendered says why', async () => {
  expect((await previewOf('{{ input | nosuch }}', {})).fault).toMatch(/nosuch/)
  expect((await previewOf('{% include "x" %}', {})).fault).toMatch(/include/)
})

test('only a whole brief in a run’s input counts as one', () => {
  expect(briefIn({ brief })).toEqual(brief)
  expect([briefIn(null), briefIn({ value: 1 }), briefIn({ brief: { topic: 'x' } })]).toEqual([
    null,
    null,
    null,
  ])
})

test('the content type is that of the brief node which is switched on', () => {
  const flow = flowWith([node('b', 'brief', { config: { contentType: 'press-release' } })], [])
  expect(contentTypeOf(flow, CATALOG)?.name).toBe('Press release')
  expect(contentTypeOf(chain, CATALOG)).toBeNull()
})

test('ports are listed with both ends of every connection', () => {
  const [input, yes] = portsOf(chain, MANIFESTS, 'way')
  expect(input).toMatchObject({
    side: 'input',
    ends: [{ nodeId: 'write', title: 'Writers', port: 'Drafts' }],
  })
  expect(yes).toMatchObject({ side: 'output', title: 'Yes', ends: [{ nodeId: 'ask', title: 'Local model' }] })
  expect(portsOf(chain, MANIFESTS, 'nobody')).toEqual([])
})
