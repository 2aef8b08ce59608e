import { expect, test } from 'vitest'
import { regrouped } from './regroup.ts'
import type { Box } from './sizes.ts'

const at = (x: number, y: number): Box => ({ x, y, width: 200, height: 100 })
const nodes = new Map([
  ['a', at(0, 0)],
  ['b', at(300, 0)],
  ['c', at(0, 600)],
])
const groups = [{ id: 'g', title: 'Both', nodes: ['a', 'b'] }]

test('the frame of a group follows a member that is dragged within reach', () => {
  const { frames, joins, leaves } = regrouped(groups, nodes, new Map([['b', at(380, 60)]]))
  const frame = frames.get('g')
  expect(frame && frame.x + frame.width).toBeGreaterThan(580)
  expect([joins, leaves]).toEqual([[], []])
})

test('a member that is dragged well out of the frame leaves, and the frame closes around the others', () => {
  const { frames, leaves } = regrouped(groups, nodes, new Map([['b', at(900, 0)]]))
  const frame = frames.get('g')
  expect(leaves).toEqual([{ group: 'g', node: 'b' }])
  expect(frame && frame.x + frame.width).toBeLessThan(300)
})

test('a node that is brought into a frame joins, one that lay over it all along does not', () => {
  const inside = at(150, 20)
  expect(regrouped(groups, nodes, new Map([['c', inside]])).joins).toEqual([{ group: 'g', node: 'c' }])
  const over = new Map([...nodes, ['c', at(140, 10)] as const])
  expect(regrouped(groups, over, new Map([['c', inside]])).joins).toEqual([])
})

test('a group whose nodes all move stays whole wherever they go', () => {
  const moved = new Map([
    ['a', at(0, 2000)],
    ['b', at(300, 2000)],
  ])
  const { frames, leaves } = regrouped(groups, nodes, moved)
  expect(leaves).toEqual([])
  expect(frames.get('g')?.y).toBeGreaterThan(1900)
})

test('a node that is dragged from one group into another leaves the first and joins the second', () => {
  const two = [...groups, { id: 'h', title: 'Other', nodes: ['c'] }]
  const { joins, leaves } = regrouped(two, nodes, new Map([['b', at(40, 620)]]))
  expect(joins).toEqual([{ group: 'h', node: 'b' }])
  expect(leaves).toEqual([{ group: 'g', node: 'b' }])
})
