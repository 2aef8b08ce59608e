import { type Recogniser, pattern } from '../scan.ts'
import { luhn, mod97 } from './checksums.ts'

const DIGITS = /(?<![\p{L}\d.,-])\d(?:[ .-]{0,2}\d){11,18}(?![\d\p{L}])(?![.,]\d)/gu
const CARD_CONTEXT =
  /card|visa|master ?card|amex|karte|carte|tarjeta|carta|kaart|payment|credit|debit|kredit/i
/** Issuer ranges with their lengths. */
const ISSUERS: [RegExp, number[]][] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:30[0-5]|3095|36|38|39)/, [14, 16]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:5018|5020|5038|56|58|6304|67)/, [12, 13, 14, 15, 16, 17, 18, 19]],
]

const IBAN_LENGTHS: Record<string, number> = Object.fromEntries(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27
  GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27
  MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23
  TN24 TR26 UA29 VA22 VG24 XK20`
    .trim()
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)
const IBAN = /(?<![\p{L}\p{N}])[A-Z]{2}[ -]?\d[ -]?\d(?:[ -]{0,1}[A-Z0-9]){11,30}(?![\p{L}\p{N}])/giu
const IBAN_CONTEXT = /iban|account|konto|compte|cuenta|conto|rekening|bank/i

const cards = pattern('CREDIT_CARD', DIGITS, (found, at, scan) => {
  const digits = found.replace(/\D/g, '')
  const issued = ISSUERS.some(([prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length))
  const context = scan.around(at, at + found.length, CARD_CONTEXT)
  if (!luhn(digits)) return issued && context && digits.length >= 15 ? 0.6 : 0
  if (/^(\d)\1+$/.test(digits)) return 0
  return issued ? (context ? 0.99 : 0.9) : context ? 0.7 : 0
})

export const payment: Recogniser = {
  name: 'payment',
  types: ['CREDIT_CARD', 'IBAN'],
  *find(scan) {
    yield* cards(scan)
    for (const match of scan.text.matchAll(IBAN)) {
      const length = IBAN_LENGTHS[match[0].slice(0, 2).toUpperCase()]
      if (length === undefined) continue
      const found = shortened(match[0], length)
      if (found === null) continue
      const [start, end] = [match.index, match.index + found.length]
      const score = mod97(found.replace(/[ -]/g, '')) ? 0.98 : scan.before(start, IBAN_CONTEXT) ? 0.7 : 0
      if (score > 0) yield { type: 'IBAN', start, end, score }
    }
  },
}

/** The first `length` letters and digits: words after the number may look like more of it. */
function shortened(text: string, length: number): string | null {
  let seen = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === ' ' || text[at] === '-') continue
    if (++seen === length) return text.slice(0, at + 1)
  }
  return null
}
