import { expect, it } from 'vitest'
import { latestOf } from './latest-of.ts'

const never = new AbortController().signal

it('gives a slow reader the newest value and never keeps the last one from it', async () => {
  const work = Promise.withResolvers<void>()
  let emit: (value: number) => void = () => {}
  const values = latestOf<number>((given) => {
    emit = given
    return work.promise
  }, never)
  const first = values.next()
  emit(1)
  expect((await first).value).toBe(1)
  for (const value of [2, 3, 4]) emit(value)
  work.resolve()
  expect((await values.next()).value).toBe(4)
  expect(await values.next()).toEqual({ value: undefined, done: true })
})

it('fails its reader with what the work failed with, after the last value', async () => {
  const values = latestOf<number>(async (emit) => {
    emit(1)
    throw new Error('disk full')
  }, never)
  expect((await values.next()).value).toBe(1)
  await expect(values.next()).rejects.toThrow('disk full')
})

it('aborts the work when its reader leaves', async () => {
  let given: AbortSignal | undefined
  const values = latestOf<number>((emit, signal) => {
    given = signal
    emit(1)
    return new Promise(() => {})
  }, never)
  await values.next()
  await values.return()
  expect(given?.aborted).toBe(true)
})

it('breaks off when its signal fires', async () => {
  const closing = new AbortController()
  const values = latestOf<number>(() => new Promise(() => {}), closing.signal)
  const end = values.next()
  closing.abort()
  await expect(end).rejects.toMatchObject({ name: 'AbortError' })
})
