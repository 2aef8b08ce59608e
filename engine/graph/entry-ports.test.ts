import { expect, test } from 'vitest'
import { manifestOf } from '#sdk'
import switchNode from '../../nodes/switch.ts'
import { manifestFor } from './node-settings.ts'

const manifest = manifestOf(switchNode)
const manifests = { 'switch@1': manifest }
const portsOf = (config: Record<string, never>) =>
  Object.entries(manifestFor({ type: 'switch', version: 1, config }, manifests)?.outputs ?? {}).map(
    ([port, { title }]) => [port, title],
  )

test('a switch has a port for each of its cases, named after it, and one for what meets none', () => {
  const cases = [
    { field: 'channel', operator: 'equals', value: 'e-mail' },
    { field: '', operator: 'is-empty' },
    { field: 'channel', operator: 'equals' },
  ]
  expect(portsOf({ cases } as never)).toEqual([
    ['case1', 'e-mail'],
    ['case2', 'is empty'],
    ['case3', 'Case 3'],
    ['otherwise', 'Otherwise'],
  ])
  expect(portsOf({})).toEqual([['otherwise', 'Otherwise']])
})

test('a node that is asked about again has the same ports, and new ones once its cases are others', () => {
  const node = { type: 'switch', version: 1, config: { cases: [{ field: 'a', operator: 'is-empty' }] } }
  const first = manifestFor(node, manifests)
  expect(manifestFor({ ...node }, manifests)).toBe(first)
  const other = { ...node, config: { cases: [{ field: 'b', operator: 'is-empty' }] } }
  expect(manifestFor(other, manifests)).not.toBe(first)
})
