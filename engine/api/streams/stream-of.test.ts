import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { cutOff } from './cut-off.ts'
import { streamOf } from './stream-of.ts'

async function* broken() {
  yield 1
  throw cutOff()
}
const stream = () => streamOf<number>((message) => message).parse(broken())

test('what breaks off after its reader has left, with the next message asked for, ends no process', async () => {
  const unheard: unknown[] = []
  const hear = (error: unknown) => unheard.push(error)
  process.on('unhandledRejection', hear)
  const messages = stream()
  await messages.next()
  void messages.next()
  await setImmediate()
  await setImmediate()
  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
})

test('whoever reads a stream that breaks off hears of it', async () => {
  const messages = stream()
  expect(await messages.next()).toEqual({ done: false, value: 1 })
  await expect(messages.next()).rejects.toMatchObject({ name: 'AbortError' })
})
