import { expect, it } from 'vitest'
import { isOwnOrigin, refuseForeign } from './origin.ts'

const PUBLIC = 'https://pressroom.example.org'
const from =
  (origin: string | null, host: string | null, site: string | null = null) =>
  () =>
    refuseForeign(PUBLIC, { origin, host, site })

it('takes the public address whatever host a proxy names', () => {
  expect(isOwnOrigin(PUBLIC, 'https://pressroom.example.org', 'api:3000')).toBe(true)
})

it('takes localhost and plain addresses only for a page of the very host that is asked', () => {
  expect(isOwnOrigin(PUBLIC, 'http://localhost:3000', 'localhost:3000')).toBe(true)
  expect(isOwnOrigin(PUBLIC, 'http://127.0.0.1:3000', '127.0.0.1:3000')).toBe(true)
  expect(isOwnOrigin(PUBLIC, 'http://[::1]:3000', '[::1]:3000')).toBe(true)
  expect(isOwnOrigin(PUBLIC, 'http://localhost:5173', 'localhost:3000')).toBe(false)
})

it('refuses a name that points here without being ours', () => {
  expect(isOwnOrigin(PUBLIC, 'http://rebound.example:3000', 'rebound.example:3000')).toBe(false)
  expect(isOwnOrigin(PUBLIC, 'null', null)).toBe(false)
})

it('lets programs without a browser in and pages of other sites not', () => {
  expect(from(null, 'localhost:3000')).not.toThrow()
  expect(from(PUBLIC, 'localhost:3000', 'same-origin')).not.toThrow()
  expect(from(null, 'localhost:3000', 'cross-site')).toThrow('does not take requests')
  expect(from(null, 'localhost:3000', 'same-site')).toThrow('does not take requests')
  expect(from('https://evil.example', 'localhost:3000')).toThrow('https://evil.example')
})
