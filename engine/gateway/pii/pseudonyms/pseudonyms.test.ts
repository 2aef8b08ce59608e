import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDetector } from '../detect.ts'
import { luhn, mod97 } from '../recognisers/checksums.ts'
import type { EntityType } from '../types.ts'
import { createPseudonymiser } from './pseudonymiser.ts'
import { restoreJson, restoreJsonText } from './restore.ts'
import { Vault } from './vault.ts'

const detect = createDetector()
const setUp = (style: 'realistic' | 'token' = 'realistic', vault = new Vault()) => {
  const pseudonymiser = createPseudonymiser({ key: 'a key of the tests', style, vault })
  const apply = (text: string) =>
    pseudonymiser.apply(
      text,
      detect(text).map((piece) => ({ ...piece, mask: null })),
    )
  return { ...pseudonymiser, apply, vault }
}
/** The pseudonym alone. */
const instead = (type: EntityType, original: string) =>
  createPseudonymiser({ key: 'k', style: 'realistic', vault: new Vault() }).apply(original, [
    { type, start: 0, end: original.length, mask: null },
  ])

const BRIEF =
  'Hi Jane, ask Dr. Ngozi Okafor (ngozi.okafor@acme.com, +49 30 901820) about JANE’s card 4111 1111 1111 1111 ' +
  'and IBAN DE89 3704 0044 0532 0130 00. Okafor lives in Hauptstraße 12, 10115 Berlin; key AKIAIOSFODNN7EXAMPLE.'

describe('a text', () => {
  it.for(['realistic', 'token'] as const)(
    'leaves without what was found in it and comes back exactly: %s',
    (style) => {
      const { apply, restore } = setUp(style)
      const output = apply(BRIEF)
      for (const { start, end } of detect(BRIEF))
        expect(output.toLowerCase()).not.toContain(BRIEF.slice(start, end).toLowerCase())
      expect(restore(output)).toBe(BRIEF)
    },
  )

  it('comes back exactly whatever it is made of, also after other texts, and cut at any borders', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom(
        'Jane',
        'JANE',
        'jane',
        'Jane Doe',
        "Doe's",
        'Dr. Li',
        'J. Smith',
        'van Dyk',
        'a@b.com',
        'A@B.COM',
        '+49 30 901820',
        '555-1234',
        '4111111111111111',
        '10115 Berlin',
        'born 12.03.1985',
        '[PERSON_ABC123]',
        '. ',
        ' ',
        '\n',
        ',',
        's',
        '_',
        '"',
        '\\',
      ),
    )
    const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('realistic', 'token'),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (texts, style, cuts) => {
          const { apply, restore, stream } = setUp(style)
          const outputs = texts.map(apply)
          for (const [index, output] of outputs.entries()) {
            expect(restore(output)).toBe(texts[index])
            const { push, end } = stream()
            let streamed = ''
            for (let at = 0, cut = 0; at < output.length; cut++) {
              const length = cuts[cut % cuts.length]!
              streamed += push(output.slice(at, at + length))
              at += length
            }
            expect(streamed + end()).toBe(restore(output))
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('that holds a pseudonym of before keeps it apart from the original', () => {
    const { apply, restore, vault } = setUp()
    apply('Ask Ngozi Okafor.')
    const { pseudonym } = vault.entries.find(({ original }) => original === 'Okafor')!
    const text = `The ${pseudonym} Bridge, says Ngozi Okafor.`
    expect(restore(apply(text))).toBe(text)
  })
})

describe('a reply', () => {
  const { apply, restore, stream, vault } = setUp()
  apply('Ask Ngozi Okafor.')
  const pseudonym = vault.entries.find(({ original }) => original === 'Okafor')!.pseudonym

  it('has the originals again in other cases, possessives and compounds', () => {
    const reply = `${pseudonym}'s, ${pseudonym}s, ${pseudonym.toUpperCase()}, ${pseudonym.toLowerCase()}, ${pseudonym}-Team, x${pseudonym}`
    expect(restore(reply)).toBe(`Okafor's, Okafors, OKAFOR, okafor, Okafor-Team, x${pseudonym}`)
  })

  it('as data has them in every text, and as JSON text escaped', () => {
    const quoted = setUp('token')
    const text = 'Address: 5 Main Street,\nSpringfield, IL 62701'
    const output = quoted.apply(text)
    expect(restoreJson(quoted.vault, { lines: [output], [pseudonym]: 1 })).toEqual({
      lines: [text],
      [pseudonym]: 1,
    })
    expect(JSON.parse(restoreJsonText(quoted.vault, JSON.stringify({ output })))).toEqual({ output: text })
  })

  it('streams what is certain and holds back no more than a pseudonym can be long', () => {
    const { push } = stream()
    expect(push('x'.repeat(200)).length).toBeGreaterThanOrEqual(200 - vault.reach)
  })
})

describe('a pseudonym', () => {
  it('is the same for the same original in one vault, and another one under another key', () => {
    const { apply } = setUp()
    const [first, second] = [apply('Ask Ngozi Okafor.'), apply('Ask Ngozi Okafor.')]
    expect(second).toBe(first)
    const other = createPseudonymiser({ key: 'another key', style: 'realistic', vault: new Vault() })
    expect(other.apply('Ask Okafor.', [{ type: 'PERSON', start: 4, end: 10, mask: null }])).not.toBe(
      'Ask Okafor.',
    )
    expect(other.vault.entries[0]?.pseudonym).not.toBe(setUpName())
  })
  const setUpName = () => {
    const { apply, vault } = setUp()
    apply('Ask Ngozi Okafor.')
    return vault.entries.find(({ original }) => original === 'Okafor')?.pseudonym
  }

  it('keeps the type of what it stands for', () => {
    expect(instead('EMAIL', 'jane@acme.com')).toMatch(/^[a-z]+\.[a-z]+@[a-z]+\.example$/)
    expect(instead('PHONE', '+49 30 901820')).toMatch(/^\+49 30 \d{6}$/)
    expect(instead('PHONE', '(415) 555-2671')).toMatch(/^\(415\) 555-01\d\d$/)
    const card = instead('CREDIT_CARD', '5555-5555-5555-4444')
    expect(card).toMatch(/^4000-00\d\d-\d{4}-\d{4}$/)
    expect(luhn(card.replaceAll('-', ''))).toBe(true)
    const iban = instead('IBAN', 'DE89 3704 0044 0532 0130 00')
    expect(iban).toMatch(/^DE\d\d 0000 \d{4} \d{4} \d{4} \d\d$/)
    expect(mod97(iban.replaceAll(' ', ''))).toBe(true)
    expect(instead('IP_ADDRESS', '10.1.2.3')).toMatch(/^198\.1[89]\.\d+\.\d+$/)
    expect(instead('NATIONAL_ID', '078-05-1120')).toMatch(/^9\d\d-\d\d-\d{4}$/)
    expect(instead('ORGANISATION', 'Siemens AG')).toMatch(/^[A-Z][a-z]+ AG$/)
  })
})
