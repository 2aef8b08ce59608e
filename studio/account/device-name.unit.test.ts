import { expect, test } from 'vitest'
import { deviceName } from './device-name.ts'

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1'

test('a browser is called by its own name and not by those that it only mentions', () => {
  expect(deviceName(CHROME)).toBe('Chrome on Linux')
  expect(deviceName(`${CHROME} Edg/140.0`)).toBe('Edge on Linux')
  expect(deviceName(IPHONE)).toBe('Safari on iOS')
})

test('what is no browser is called a program', () => {
  expect(deviceName('')).toBe('A program')
  expect(deviceName('undici')).toBe('A program')
})
