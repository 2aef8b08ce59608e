import { expect, test } from 'vitest'
import { setupFaults } from './faults.ts'

const good = {
  code: 'ABCD-EFGH-JKMN-PQRS',
  name: 'Ada',
  email: 'ada@example.org',
  password: 'correct horse',
  organisation: 'Analytical Press',
}

test('complete answers have no faults', () => {
  expect(setupFaults(good)).toEqual({})
})

test('every missing answer is named at its own field', () => {
  const faults = setupFaults({ code: '', name: ' ', email: 'ada', password: 'short', organisation: '' })
  expect(Object.keys(faults).sort()).toEqual(['code', 'email', 'name', 'organisation', 'password'])
})
