import { expect, test } from 'vitest'
import { refusedSignOn } from './refused-sign-on.ts'

test('a link puts no words of its own on the page for signing in', () => {
  const told = refusedSignOn({ refused: 'call 555-0100', message: 'call 555-0100', fix: 'call 555-0100' })
  expect(JSON.stringify(told)).not.toContain('555')
  expect(told?.code).toBe('auth.sign_on_failed')
})

test('a refusal is told in words that say what to do', () => {
  expect(refusedSignOn({ refused: 'auth.sign_on_domain' })?.fix).toContain('password')
  expect(refusedSignOn({})).toBeNull()
})
