import { expect, test } from 'vitest'
import { type Contender, Turns } from './turns.ts'

const of = (organisationId: string, runId: string, priority: Contender['priority'] = 'normal') => ({
  organisationId,
  runId,
  priority,
})

/** A worker with this many places. `go` asks for one and takes it when the turn has come. */
function worker(size: number) {
  const running: Contender[] = []
  const turns: Turns = new Turns({
    free: () => size - running.length - turns.looking,
    running: () => running,
  })
  const order: string[] = []
  const go = async (contender: Contender) => {
    if (!(await turns.take(contender))) return false
    running.push(contender)
    order.push(contender.runId)
    turns.done()
    return true
  }
  const end = async () => {
    running.shift()
    turns.next()
    await Promise.resolve()
    await Promise.resolve()
  }
  return { turns, order, go, end }
}

test('who waits for a place gets it in turn of organisations, the one with the fewest steps here first', async () => {
  const { order, go, end } = worker(2)
  await Promise.all([go(of('a', 'a1')), go(of('a', 'a2'))])
  const later = [go(of('a', 'a3')), go(of('b', 'b1')), go(of('a', 'a4'))]
  await end()
  await end()
  await end()
  await Promise.all(later)
  expect(order).toEqual(['a1', 'a2', 'b1', 'a3', 'a4'])
})

test('within an organisation the higher priority goes first', async () => {
  const { order, go, end } = worker(1)
  await go(of('a', 'a1'))
  const later = [go(of('a', 'low', 'low')), go(of('a', 'mid')), go(of('a', 'high', 'high'))]
  for (const _ of later) await end()
  await Promise.all(later)
  expect(order).toEqual(['a1', 'high', 'mid', 'low'])
})

test('a step that ends leaves its place to an organisation with fewer steps, and to a run of a higher priority', async () => {
  const { turns, go } = worker(1)
  await go(of('a', 'a1'))
  expect(turns.yields(of('a', 'a1'))).toBe(false)
  void go(of('a', 'a2'))
  expect(turns.yields(of('a', 'a1'))).toBe(false)
  void go(of('a', 'a3', 'high'))
  expect(turns.yields(of('a', 'a1'))).toBe(true)
  expect(turns.yields(of('a', 'a1', 'high'))).toBe(false)
  void go(of('b', 'b1'))
  expect(turns.yields(of('a', 'a1', 'high'))).toBe(true)
})

test('one of a run waits, and nobody once the worker stops', async () => {
  const { turns, go } = worker(1)
  await go(of('a', 'a1'))
  const waits = go(of('b', 'b1'))
  expect(await go(of('b', 'b1'))).toBe(false)
  turns.close()
  expect(await waits).toBe(false)
  expect(await go(of('b', 'b2'))).toBe(false)
})
