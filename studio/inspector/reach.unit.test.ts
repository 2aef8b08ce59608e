import { expect, test } from 'vitest'
import type { Flow } from '#graph'
import { portsOf } from './connections.ts'
import { offsetOf, previewOf } from './preview.ts'
import { arrivalsOf, conditionPaths, referencesOf } from './reach.ts'
import {
  NO_SAMPLES,
  type SampleItem,
  type SampleValues,
  briefIn,
  contentTypeOf,
  itemKey,
  supplyOf,
  variablesOf,
} from './samples.ts'
import { CATALOG, MANIFESTS, flowWith, node } from './testing/swarm.ts'

const brief = {
  topic: 'Calendars',
  audience: 'Leads',
  goal: 'Downloads',
  keyPoints: ['one', 'two'],
  tone: 'casual' as const,
}
const samples: SampleValues = { ...NO_SAMPLES, template: 'Sample', brief }
const chain = flowWith(
  [node('brief', 'brief'), node('write', 'writer'), node('way', 'branch'), node('ask', 'local-model')],
  ['brief.brief > write.brief', 'write.drafts > way.input', 'way.true > ask.input'],
)
const referenced = (flow: Flow, id: string, values = samples, chosen = 0) =>
  referencesOf(flow, MANIFESTS, id, supplyOf(flow, MANIFESTS, id, values), chosen, values.brief)
const pathsOf = (flow: Flow, id: string) => referenced(flow, id).map(({ path }) => path)
const seenAt = (nodeId: string, port: string, ...values: unknown[]): SampleValues => ({
  ...samples,
  items: new Map<string, SampleItem[]>([
    [itemKey(nodeId, port), values.map((value, index) => ({ label: `Item ${index + 1}`, value }))],
  ]),
})

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
  const references = referenced(flow, 't', NO_SAMPLES)
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
  const at = (values: SampleValues, path: string, chosen = 0) =>
    referenced(chain, 'ask', values, chosen).find((reference) => reference.path === path)?.sample
  expect(at(samples, 'input.brief.topic')).toBe('Calendars')
  expect(at(samples, 'input.text')).toBeNull()
  const seen = seenAt('way', 'true', { text: 'A draft', brief: { topic: 'Seen' } }, { text: 'Another' })
  expect(at(seen, 'input.text')).toBe('A draft')
  expect(at(seen, 'input.text', 1)).toBe('Another')
  expect(at(seen, 'input.brief.topic', 1)).toBe('Seen')
  expect(at(NO_SAMPLES, 'input.brief.topic')).toBeNull()
})

test('conditions name fields of the item without the word input', () => {
  const paths = conditionPaths(referenced(chain, 'way')).map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['status', 'brief.tone']))
})

test('every field that is offered means the same in a rendered text', async () => {
  const item = { text: 'Words', brief: { ...brief, topic: 'Seen' }, writer: { name: 'Ada' } }
  const seen = seenAt('way', 'true', item)
  const variables = variablesOf('each', supplyOf(chain, MANIFESTS, 'ask', seen), 0, seen)
  const rendered = await previewOf(
    '{{ input.text }} {{ input.brief.topic }} {{ run.input.brief.tone }}',
    variables,
  )
  expect(rendered).toEqual({ text: 'Words Seen casual', unknown: [], fault: null })
  const all = flowWith([node('write', 'writer'), node('d', 'deliverable')], ['write.drafts > d.drafts'])
  const drafts = seenAt('write', 'drafts', item)
  const gathered = variablesOf('all', supplyOf(all, MANIFESTS, 'd', drafts), 0, drafts)
  expect((await previewOf('{{ gathered.drafts.first.writer.name }}', gathered)).text).toBe('Ada')
})

test('sample data that is pinned is shown in place of what a run put out', () => {
  const seen = seenAt('way', 'true', 'one', 'two')
  const pins = new Map([['way.true', [{ label: 'Mine', value: 'three' }]]])
  expect(supplyOf(chain, MANIFESTS, 'ask', { ...seen, pins })).toMatchObject({
    real: true,
    pinned: true,
    items: [{ label: 'Mine', value: 'three' }],
  })
})

test('what reaches a node are the items that left what it is connected to, each with its name', () => {
  const seen = seenAt('way', 'true', 'one', 'two')
  expect(supplyOf(chain, MANIFESTS, 'ask', seen)).toEqual({
    real: true,
    pinned: false,
    items: [
      { label: 'Item 1', value: 'one', port: 'input' },
      { label: 'Item 2', value: 'two', port: 'input' },
    ],
  })
  expect(supplyOf(chain, MANIFESTS, 'ask', samples)).toMatchObject({
    real: false,
    items: [{ label: 'Sample draft', value: { brief } }],
  })
  expect(supplyOf(chain, MANIFESTS, 'ask', NO_SAMPLES)).toEqual({
    items: [],
    real: false,
    pinned: false,
  })
})

test('a template comes to something else with each item', async () => {
  const seen = seenAt('way', 'true', { text: 'one' }, { text: 'two' })
  const supply = supplyOf(chain, MANIFESTS, 'ask', seen)
  const texts = [0, 1].map((chosen) =>
    previewOf('{{ input.text }}', variablesOf('each', supply, chosen, seen)),
  )
  expect((await Promise.all(texts)).map(({ text }) => text)).toEqual(['one', 'two'])
})

test('a template that cannot be rendered says why and where', async () => {
  const faultOf = async (template: string) => (await previewOf(template, {})).fault
  expect(await faultOf('Dear\n{{ input | nosuch }}')).toEqual({
    message: 'There is no filter called “nosuch”.',
    line: 2,
    column: 1,
  })
  expect((await faultOf('Hi {{ input'))?.message).toBe('“{{ input” is not closed: it needs “}}” behind it.')
  expect((await faultOf('{% include "x" %}'))?.message).toBe('There is no tag called “include”.')
  expect((await faultOf('{{ "eA==" | base64_decode }}'))?.message).toMatch('base64_decode')
  expect(await faultOf('{% for a in (1..9000000) %}x{% endfor %}')).not.toBeNull()
})

test('names that hold nothing are told, those that a template makes itself are not', async () => {
  const template =
    '{% assign own = 1 %}{{ own }}{{ item.titel }}{% for one in item.list %}{{ one.x }}{% endfor %}{{ item.list.first.y }}'
  const { unknown } = (await previewOf(template, { item: { title: 'T', list: [{ x: 1 }] } })) as {
    unknown: string[]
  }
  expect(unknown).toEqual(['item.titel'])
})

test('a template sees own properties only', async () => {
  const { text } = await previewOf('{{ item.constructor.name }}{{ item.inherited }}', {
    item: Object.create({ inherited: 'no' }),
  })
  expect(text).toBe('')
})

test('a place in a text is counted in lines and characters from 1', () => {
  expect(offsetOf('ab\ncd', 1, 1)).toBe(0)
  expect(offsetOf('ab\ncd', 2, 2)).toBe(4)
  expect(offsetOf('ab', 1, 99)).toBe(2)
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
