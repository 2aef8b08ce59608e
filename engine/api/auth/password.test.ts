import { describe, expect, it } from 'vitest'
import { hashPassword, verifyPassword } from './password.ts'

describe('a password', () => {
  it('is kept as Argon2id with a salt of its own, and is recognised', async () => {
    const [one, two] = [await hashPassword('a long pässword'), await hashPassword('a long pässword')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(one).not.toBe(two)
    expect(await verifyPassword('a long pässword', one)).toBe(true)
    expect(await verifyPassword('a long password', one)).toBe(false)
  })

  it('typed with other code points for the same letters is the same', async () => {
    const hash = await hashPassword('caf\u00e9 society')
    expect(await verifyPassword('cafe\u0301 society', hash)).toBe(true)
  })

  it.each(['', 'salt:key', '$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA', '$argon2id$v=19$m=19456,t=2,p=1$$'])(
    'fits nothing that is no such hash: %j',
    async (stored) => {
      expect(await verifyPassword('a long password', stored)).toBe(false)
    },
  )
})
