import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'

const SECRET = 'p@ss "wörd"/+ 4711'

describe('a secret that was opened', () => {
  const redactor = createRedactor()
  redactor.know(SECRET)

  it.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ authorization: SECRET })],
    ['in an address', `https://example.org/?key=${encodeURIComponent(SECRET)}`],
    ['in a form', new URLSearchParams({ key: SECRET }).toString()],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in a basic authorization', Buffer.from(`user:${SECRET}`).toString('base64')],
    ['in base64 for addresses', Buffer.from(`a:${SECRET}:b`).toString('base64url')],
  ])('leaves no more: %s', (_where, text) => {
    const clean = redactor.text(`before ${text} after`)
    expect(clean).toContain('[secret]')
    expect(clean).not.toContain('4711')
    expect(clean).toMatch(/^before .* after$/)
  })

  it('is taken out of JSON at any depth, from keys as well, and nothing else is', () => {
    const value = { list: [{ [SECRET]: 1, text: `x ${SECRET}` }], n: null, yes: true }
    expect(redactor.json(value)).toEqual({
      list: [{ '[secret]': 1, text: 'x [secret]' }],
      n: null,
      yes: true,
    })
  })
})

it('is found wherever it stands in base64', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 12, maxLength: 60, unit: 'binary' }),
      fc.uint8Array({ maxLength: 7 }),
      fc.uint8Array({ maxLength: 7 }),
      (secret, before, after) => {
        const redactor = createRedactor()
        redactor.know(secret)
        const text = Buffer.concat([before, Buffer.from(secret), after]).toString('base64')
        expect(redactor.text(text)).toContain('[secret]')
      },
    ),
  )
})

it('changes nothing where no secret was opened, and does not take short words for secrets', () => {
  const redactor = createRedactor()
  redactor.know('a')
  expect(redactor.text('a banana')).toBe('a banana')
})
