import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RECOGNISERS, createDetector, detect } from './detect.ts'
import { Scan } from './scan.ts'
import { ENTITY_TYPES } from './types.ts'

const found = (text: string, options?: Parameters<typeof detect>[1]) =>
  detect(text, options).map(({ type, start, end }) => `${type}: ${text.slice(start, end)}`)

/** A text with what is to be found in it in guillemets: `Ask «PERSON:Ada Lovelace».` */
function marked(text: string): { plain: string; expected: string[] } {
  const expected: string[] = []
  const plain = text.replaceAll(/«([A-Z_]+):([^»]+)»/g, (_all, type: string, value: string) => {
    expected.push(`${type}: ${value}`)
    return value
  })
  return { plain, expected }
}

const CASES: [string, string[]][] = [
  [
    'an e-mail address, also as people write it for people',
    [
      'Mail «EMAIL:jane.doe+news@acme.co.uk».',
      '<«EMAIL:müller@straße.de»>',
      'It is «EMAIL:jane at acme dot com», thanks',
      'It is «EMAIL:j.smith [at] example (dot) org».',
      'We meet at noon in the dot com office.',
    ],
  ],
  [
    'a phone number of any country, and no sum, date or order number',
    [
      'Call «PHONE:+49 30 901820».',
      'Phone: «PHONE:(415) 555-2671»',
      'Tél. «PHONE:01 42 68 53 00»',
      'Mobil «PHONE:0171 2345678»',
      'Llámame al «PHONE:612 345 678»',
      'Order no. 4155552671 of 2025-11-22 costs 1,299,000.00',
      'From 2019-2023, 12.05.2024, 10 000 000',
    ],
  ],
  [
    'a card by its check digit and an IBAN by its remainder',
    [
      'Visa «CREDIT_CARD:4111 1111 1111 1111»',
      'Part 4111 1111 1111 1112 is sold out',
      'Amex «CREDIT_CARD:378282246310005»',
      'IBAN «IBAN:DE89 3704 0044 0532 0130 00» bitte',
      'IBAN «IBAN:GB82WEST12345698765432»',
      'Serial DE00 3704 0044 0532 0130 00',
    ],
  ],
  [
    'national ids by their checksums',
    [
      'SSN «NATIONAL_ID:078-05-1120»',
      'NI number «NATIONAL_ID:QQ 12 34 56 C»'.replace('QQ', 'AB'),
      'Steuer-ID «NATIONAL_ID:86095742719»',
      'NIR «NATIONAL_ID:1 84 12 76 451 089 46»',
      'DNI «NATIONAL_ID:12345678Z», NIE «NATIONAL_ID:X1234567L»',
      'CF «NATIONAL_ID:RSSMRA85T10A562S»',
      'BSN «NATIONAL_ID:111222333»',
      'PESEL «NATIONAL_ID:44051401359»',
      'personnummer «NATIONAL_ID:811228-9874»',
      'AHV «NATIONAL_ID:756.9217.0769.85»',
      'Rijksregisternummer «NATIONAL_ID:85.07.30-033.28»',
    ],
  ],
  [
    'papers and dates of birth only where they are spoken of',
    [
      'Passport No. «PASSPORT:C01X00T47»',
      "Driver's license: «DRIVING_LICENCE:D1234567»",
      'Born «DATE_OF_BIRTH:12 March 1985», released 12 March 2025',
      'geb. am «DATE_OF_BIRTH:03.04.1971»',
      'Date of birth: «DATE_OF_BIRTH:1990-02-28»',
      'née le «DATE_OF_BIRTH:2 août 1979»',
    ],
  ],
  [
    'addresses of machines and credentials',
    [
      'From «IP_ADDRESS:192.168.1.10» and «IP_ADDRESS:2001:db8::8a2e:370:7334»; at 12:30:45',
      'NIC «MAC_ADDRESS:00:1A:2B:3C:4D:5E»',
      'See «URL_CREDENTIALS:https://admin:hunter2@db.example.com/x»',
      'key «API_KEY:sk-abcdefghijklmnopqrstuvwxyz123456»',
      'AWS «API_KEY:AKIAIOSFODNN7EXAMPLE»',
      'password: «API_KEY:hunter2!x»',
      'Token «API_KEY:eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP»',
      'Version 1.2.3.4 of the page',
    ],
  ],
  [
    'postal addresses of several countries',
    [
      'Ship to «ADDRESS:221B Baker Street, London NW1 6XE».',
      'At «ADDRESS:1600 Pennsylvania Avenue NW, Washington, DC 20500».',
      'Wir sind in der «ADDRESS:Hauptstraße 12, 10115 Berlin».',
      'Au «ADDRESS:12 rue de la Paix, 75002 Paris».',
      'En «ADDRESS:Calle Mayor 5, 28013 Madrid».',
      'In «ADDRESS:Via Roma 12, 20121 Milano».',
      'Op «ADDRESS:Keizersgracht 123, 1015 CJ Amsterdam».',
      'In 3 easy steps this road leads to growth in 2025.',
    ],
  ],
  [
    'people by title, greeting, signature and dictionary, and no month, place or brand',
    [
      'Hi «PERSON:Jane», please ask Dr. «PERSON:Ngozi Okafor». «PERSON:Okafor» knows.',
      'Sehr geehrte Frau «PERSON:Schneider», Herr «PERSON:Klaus-Dieter von Bülow» rief an.',
      'Kind regards,\n«PERSON:Sabine Köhler»',
      'My name is «PERSON:priya raman» and I write.',
      '«PERSON:Jane»’s draft went to «PERSON:Wei Zhang» in New York.',
      'May I ask whether the launch will be in April? Apple and Google may compete.',
      'The Marketing Manager of Berlin wrote about Summer Sale and Black Friday.',
    ],
  ],
  [
    'companies by their form',
    [
      'We work with «ORGANISATION:Siemens AG» and «ORGANISATION:Müller & Söhne GmbH».',
      'Our client «ORGANISATION:Northwind Traders Ltd.» agreed.',
    ],
  ],
]

describe('detect finds', () => {
  for (const [rule, texts] of CASES) {
    it.for(texts)(`${rule}: %s`, (text) => {
      const { plain, expected } = marked(text)
      expect(found(plain)).toEqual(expected)
    })
  }
})

describe('every recogniser', () => {
  const texts = [
    ...CASES.flatMap(([, cases]) => cases.map((text) => marked(text).plain)),
    '',
    ' ',
    '«»',
    '\u{1f600}',
  ]

  it.for(RECOGNISERS.map((recogniser) => [recogniser.name, recogniser] as const))(
    '%s yields its own types only, within the text, with a score of 0 to 1',
    ([, recogniser]) => {
      for (const text of texts) {
        for (const { type, start, end, score } of recogniser.find(new Scan(text, ['US', 'DE']))) {
          expect(recogniser.types).toContain(type)
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(text.length)
          expect(score).toBeGreaterThan(0)
          expect(score).toBeLessThanOrEqual(1)
        }
      }
    },
  )
})

describe('what is disguised is found where it stands', () => {
  it.for([
    [
      'full-width digits',
      'Karte ４１１１ １１１１ １１１１ １１１１!',
      'CREDIT_CARD: ４１１１ １１１１ １１１１ １１１１',
    ],
    [
      'spaced digits',
      'Karte 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1!',
      'CREDIT_CARD: 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
    ],
    ['characters that nobody sees', 'mail ja\u200bne@ac\u00adme.com.', 'EMAIL: ja\u200bne@ac\u00adme.com'],
    ['digits of another script', 'Card ٤١١١١١١١١١١١١١١١.', 'CREDIT_CARD: ٤١١١١١١١١١١١١١١١'],
    ['mathematical digits', 'Card 𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏.', 'CREDIT_CARD: 𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏'],
    ['line ends within JSON', String.raw`{"text":"Best regards,\nSabine Köhler\n"}`, 'PERSON: Sabine Köhler'],
  ])('%s', ([, text = '', expected]) => {
    expect(found(text)).toEqual([expected])
  })
})

describe('what an organisation adds', () => {
  it('terms are found whole, in any case, and win over every other reading', () => {
    const terms = [
      { type: 'CODENAME' as const, text: 'Blue Heron' },
      { type: 'CODENAME' as const, text: 'X-7' },
    ]
    expect(found("BLUE HERON's launch, blue herons, and X-7.", { terms })).toEqual([
      'CODENAME: BLUE HERON',
      'CODENAME: X-7',
    ])
  })

  it('patterns are RE2, so that no pattern can hang the server', () => {
    expect(
      found('See ACME-0042.', { patterns: [{ type: 'CUSTOM', pattern: String.raw`ACME-\d{4}` }] }),
    ).toEqual(['CUSTOM: ACME-0042'])
    expect(() => createDetector({ patterns: [{ type: 'CUSTOM', pattern: String.raw`(a)\1` }] })).toThrow(
      'can’t be used',
    )
    const hostile = createDetector({ patterns: [{ type: 'CUSTOM', pattern: '(a+)+b' }] })
    expect(hostile('a'.repeat(5_000))).toEqual([])
  })

  it('what is allowed is never reported', () => {
    expect(found('Mail press@acme.com', { allow: ['PRESS@acme.com'] })).toEqual([])
  })
})

it('spans are in order, apart and within the text, whatever the text is', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      'Jane Doe',
      ' at ',
      '@',
      '+49 30 901820',
      'Dr. ',
      '\\n',
      'Ltd.',
      '4111 1111 1111 1111',
      ', ',
      '\u200b',
      '１２',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('')
      let at = 0
      for (const { type, start, end, score } of detect(text)) {
        expect(ENTITY_TYPES).toContain(type)
        expect(start).toBeGreaterThanOrEqual(at)
        expect(end).toBeGreaterThan(start)
        expect(end).toBeLessThanOrEqual(text.length)
        expect(score).toBeGreaterThanOrEqual(0.5)
        at = end
      }
    }),
    { numRuns: 300 },
  )
})
