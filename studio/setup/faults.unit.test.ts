import { expect, test } from 'vitest'
import { setupFaults } from './faults.ts'

const good = {
  name: 'Ada',
  email: 'ada@example.org',
  password: 'correct horse',
  organisation: 'Analytical Press',
}

test('complete answers have no faults', () => {
  expect(setupFaults(good)).toEqual({})
})

test('every missing answer is named at its own field', () => {
  const faults = setupFaults({ name: ' ', email: 'ada', password: 'short', organisation: '' })
  expect(Object.keys(faults).sort()).toEqual(['email', 'name', 'organisation', 'password'])
})
