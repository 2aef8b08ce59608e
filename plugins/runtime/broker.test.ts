import { expect, test } from 'vitest'
import { grantsSchema, type GivenGrants, type NodeManifest } from '#graph'
import { Broker } from './broker.ts'

const node = { nodeType: 'x@1', nodeId: 'x', title: 'X' }
const manifest = { uses: ['model', 'http', 'log'] } as unknown as NodeManifest
const brokerWith = (grants: GivenGrants | undefined, now = () => 0) =>
  new Broker(node, manifest, grants && grantsSchema.parse(grants), now)
const codes = (broker: Broker, times: number, bytes = 1) =>
  Array.from({ length: times }, () => broker.use('model', bytes)?.code ?? 'ok')

test('what is declared and granted may be used, nothing else', () => {
  expect(brokerWith({ model: true, progress: true }).granted).toEqual(['model'])
  expect(brokerWith({ model: true }).use('log', 1)?.code).toBe('capability.denied')
  expect(brokerWith({}).granted).toEqual([])
})

test('without grants a node has what it declares, all but the network', () => {
  expect(brokerWith(undefined).granted).toEqual(['model', 'log'])
})

test('calls beyond their number are refused', () => {
  expect(codes(brokerWith({ model: { calls: 2 } }), 3)).toEqual(['ok', 'ok', 'capability.exhausted'])
})

test('bytes beyond their number are refused, whichever way they go', () => {
  const broker = brokerWith({ model: { bytes: 10 } })
  expect(codes(broker, 1, 6)).toEqual(['ok'])
  expect(broker.weigh('model', 5)?.code).toBe('capability.exhausted')
})

test('calls too fast are refused until a minute after the first', () => {
  let now = 0
  const broker = brokerWith({ model: { perMinute: 2 } }, () => now)
  expect(codes(broker, 3)).toEqual(['ok', 'ok', 'capability.exhausted'])
  now = 59_999
  expect(codes(broker, 1)).toEqual(['capability.exhausted'])
  now = 60_000
  expect(codes(broker, 1)).toEqual(['ok'])
})
