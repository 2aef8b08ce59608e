import { expect, test } from 'vitest'
import { numberOf, summaryOf, withNumber, withoutEmpty } from './reliability.ts'

test('a number is kept within its limits, and one that is emptied leaves nothing behind', () => {
  const set = withNumber(undefined, 'attempts', 99)
  expect(set).toEqual({ retry: { attempts: 20 } })
  expect(withNumber(set ?? undefined, 'attempts', undefined)).toBeNull()
  expect(withNumber({ onError: 'port' }, 'timeoutSeconds', 0)).toEqual({ onError: 'port', timeoutSeconds: 1 })
})

test('what is set is read back', () => {
  const settings = { retry: { firstDelaySeconds: 2 }, timeoutSeconds: 60 }
  expect(numberOf({ settings }, 'firstDelaySeconds')).toBe(2)
  expect(numberOf({ settings }, 'timeoutSeconds')).toBe(60)
  expect(numberOf({ settings }, 'attempts')).toBeUndefined()
})

test('the summary names what differs from the usual', () => {
  expect(summaryOf({})).toBe('as usual')
  expect(summaryOf({ settings: { retry: { attempts: 1 }, onError: 'port' } })).toBe(
    'no second attempt, failures go on',
  )
})

test('empty settings are none', () => {
  expect(withoutEmpty({ onError: undefined })).toBeNull()
})
