import { expect, test } from 'vitest'
import { aligned, distributed, guidesOf } from './arrange.ts'

const box = (id: string, x: number, y: number, width = 100, height = 50) => ({ id, x, y, width, height })

test('aligned boxes share an edge or an axis, and those that lie there already are not moved', () => {
  const boxes = [box('a', 0, 0), box('b', 40, 100, 200)]
  expect(aligned(boxes, 'left')).toEqual([{ id: 'b', x: 0, y: 100 }])
  expect(aligned(boxes, 'right')).toEqual([{ id: 'a', x: 140, y: 0 }])
  expect(aligned(boxes, 'centre')).toEqual([
    { id: 'a', x: 70, y: 0 },
    { id: 'b', x: 20, y: 100 },
  ])
  expect(aligned(boxes, 'bottom')).toEqual([{ id: 'a', x: 0, y: 100 }])
})

test('distributing makes the gaps equal and leaves the outermost where they are', () => {
  const boxes = [box('c', 500, 0), box('a', 0, 0), box('b', 120, 9, 200)]
  expect(distributed(boxes, 'x')).toEqual([{ id: 'b', x: 200, y: 9 }])
  expect(distributed(boxes.slice(0, 2), 'x')).toEqual([])
})

test('a box close to the line of another is drawn onto it, and one that is far from all stays', () => {
  const others = [box('a', 0, 0), box('b', 400, 300)]
  expect(guidesOf(box('m', 397, 120), others, 6)).toEqual({ vertical: 400, horizontal: null, x: 400, y: 120 })
  expect(guidesOf(box('m', 250, 120), others, 6)).toEqual({
    vertical: null,
    horizontal: null,
    x: 250,
    y: 120,
  })
})
