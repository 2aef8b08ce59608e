import type { Recogniser, Scan } from '../scan.ts'
import type { Detection } from '../types.ts'
import {
  austrianNumber,
  belgianNumber,
  brazilianCpf,
  codiceFiscale,
  dutchBsn,
  finnishCode,
  frenchNir,
  luhn,
  mod11and10,
  norwegianNumber,
  pesel,
  portugueseNif,
  spanishLetter,
  swissAhv,
  ukNhs,
  verhoeff,
} from './checksums.ts'

interface NationalId {
  country: string
  expression: RegExp
  /** Of the letters and digits alone, in upper case. */
  valid(id: string): boolean
  context: RegExp
  /** With a right checksum and no context; in context; in context with a wrong checksum. */
  scores: [alone: number, inContext: number, wrong: number]
}

const day = (text: string) => Number(text) >= 1 && Number(text) <= 31
const month = (text: string) => Number(text) >= 1 && Number(text) <= 12

const IDS: NationalId[] = [
  {
    country: 'US',
    expression: /(?<![\d-])(?!000|666|9)\d{3}([- .]?)(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])/g,
    valid: () => true,
    context: /\bssn\b|social security|soc\.? ?sec|\bss ?#/i,
    scores: [0.8, 0.97, 0],
  },
  {
    country: 'US taxpayer',
    expression: /(?<![\d-])9\d{2}-(?:5\d|6[0-5]|[78]\d|9[0-24-9])-\d{4}(?![\d-])/g,
    valid: () => true,
    context: /itin|taxpayer|tax id/i,
    scores: [0.7, 0.95, 0],
  },
  {
    country: 'UK',
    expression:
      /(?<![\p{L}\p{N}])(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\p{L}\p{N}])/giu,
    valid: () => true,
    context: /\bnino?\b|national insurance|\bni (?:no|number)/i,
    scores: [0.9, 0.98, 0],
  },
  {
    country: 'UK NHS',
    expression: /(?<![\d-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d-])/g,
    valid: ukNhs,
    context: /\bnhs\b/i,
    scores: [0, 0.95, 0],
  },
  {
    country: 'DE',
    expression: /(?<![\d-])[1-9]\d ?\d{3} ?\d{3} ?\d{3}(?![\d-])/g,
    valid: mod11and10,
    context: /steuer|st\.?-?id|idnr|tax ?id|tin\b|identifikationsnummer/i,
    scores: [0.55, 0.95, 0.6],
  },
  {
    country: 'DE pension',
    expression: /(?<![\p{L}\p{N}])\d{2} ?[0-3]\d[01]\d{3} ?[A-Z] ?\d{3}(?![\p{L}\p{N}])/gu,
    valid: (id) => day(id.slice(2, 4)) && month(id.slice(4, 6)),
    context: /sozialversicherung|rentenversicherung|sv-?nummer/i,
    scores: [0.7, 0.95, 0.6],
  },
  {
    country: 'FR',
    expression:
      /(?<![\d-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?\/? ?\d{2})?(?![\d-])/g,
    valid: (id) => id.length === 15 && frenchNir(id),
    context: /s[ée]curit[ée] sociale|\bnir\b|n° ?ss|insee|carte vitale|\bsecu\b|\bsécu\b/i,
    scores: [0.95, 0.99, 0.7],
  },
  {
    country: 'ES',
    expression:
      /(?<![\p{L}\p{N}])(?:\d{2}\.?\d{3}\.?\d{3}|[XYZ][- ]?\d{7})[- ]?[A-HJ-NP-TV-Z](?![\p{L}\p{N}])/giu,
    valid: spanishLetter,
    context: /\bdni\b|\bnie\b|\bnif\b|documento|identidad/i,
    scores: [0.9, 0.98, 0.65],
  },
  {
    country: 'IT',
    expression:
      /(?<![\p{L}\p{N}])[A-Z]{6} ?[0-9LMNP-V]{2} ?[A-EHLMPRST] ?[0-9LMNP-V]{2} ?[A-Z] ?[0-9LMNP-V]{3} ?[A-Z](?![\p{L}\p{N}])/giu,
    valid: codiceFiscale,
    context: /codice fiscale|\bc\.? ?f\.?\b|fiscal code/i,
    scores: [0.96, 0.99, 0.75],
  },
  {
    country: 'NL',
    expression: /(?<![\d-])\d{4}[. ]?\d{2}[. ]?\d{3}(?![\d-])|(?<![\d-])\d{3}[. ]\d{3}[. ]\d{3}(?![\d-])/g,
    valid: dutchBsn,
    context: /\bbsn\b|burgerservice|sofi|citizen service/i,
    scores: [0, 0.96, 0.5],
  },
  {
    country: 'BE',
    expression:
      /(?<![\d-])\d{2}\.?(?:0\d|1[0-2]|[24][0-9]|3[0-2]|5[0-2])\.?[0-3]\d[- .]?\d{3}[- .]?\d{2}(?![\d-])/g,
    valid: belgianNumber,
    context: /rijksregister|registre national|national (?:register|number)|\binsz\b|\bniss\b/i,
    scores: [0.8, 0.97, 0.6],
  },
  {
    country: 'PL',
    expression: /(?<![\d-])\d{2}(?:[02468][1-9]|[13579][0-2])[0-3]\d{6}(?![\d-])/g,
    valid: pesel,
    context: /pesel/i,
    scores: [0.7, 0.98, 0.6],
  },
  {
    country: 'SE',
    expression:
      /(?<![\d-])(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[6-8]\d|9[01])[-+]?\d{4}(?![\d-])/g,
    valid: (id) => luhn(id.slice(-10)),
    context: /personnummer|samordningsnummer|person(?:al)? (?:id|identity|number)/i,
    scores: [0.55, 0.97, 0.65],
  },
  {
    country: 'DK',
    expression: /(?<![\d-])(?:[0-2]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[- ]?\d{4}(?![\d-])/g,
    valid: () => true,
    context: /\bcpr\b|personnummer/i,
    scores: [0, 0.95, 0],
  },
  {
    country: 'FI',
    expression:
      /(?<![\p{L}\p{N}])(?:[0-2]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y](?![\p{L}\p{N}])/giu,
    valid: (id) => finnishCode(id),
    context: /henkil[öo]tunnus|hetu|personbeteckning/i,
    scores: [0.9, 0.98, 0.6],
  },
  {
    country: 'NO',
    expression: /(?<![\d-])(?:[0-2]\d|3[01])(?:0[1-9]|1[0-2])\d{2} ?\d{5}(?![\d-])/g,
    valid: norwegianNumber,
    context: /f[øo]dselsnummer|personnummer|\bfnr\b/i,
    scores: [0.6, 0.97, 0.55],
  },
  {
    country: 'CH',
    expression: /(?<![\d-])756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}(?![\d-])/g,
    valid: swissAhv,
    context: /\bahv\b|\bavs\b|sozialversicherung/i,
    scores: [0.9, 0.98, 0.7],
  },
  {
    country: 'AT',
    expression: /(?<![\d-])[1-9]\d{3} ?(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}(?![\d-])/g,
    valid: austrianNumber,
    context: /sozialversicherung|\bsvnr\b|sv-?nummer/i,
    scores: [0, 0.96, 0.6],
  },
  {
    country: 'PT',
    expression: /(?<![\d-])[1-35689]\d{2} ?\d{3} ?\d{3}(?![\d-])/g,
    valid: portugueseNif,
    context: /\bnif\b|contribuinte|fiscal/i,
    scores: [0, 0.95, 0],
  },
  {
    country: 'IE',
    expression: /(?<![\p{L}\p{N}])\d{7}[A-W][A-IW]?(?![\p{L}\p{N}])/giu,
    valid: () => true,
    context: /\bpps/i,
    scores: [0, 0.95, 0],
  },
  {
    country: 'BR',
    expression: /(?<![\d-])\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?![\d-])/g,
    valid: brazilianCpf,
    context: /\bcpf\b/i,
    scores: [0.75, 0.98, 0.6],
  },
  {
    country: 'CA',
    expression: /(?<![\d-])[1-79]\d{2}[ -]\d{3}[ -]\d{3}(?![\d-])/g,
    valid: luhn,
    context: /\bsin\b|social insurance/i,
    scores: [0.6, 0.97, 0.5],
  },
  {
    country: 'IN',
    expression: /(?<![\d-])[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}(?![\d-])/g,
    valid: verhoeff,
    context: /aadhaar|aadhar|uidai/i,
    scores: [0.6, 0.98, 0.6],
  },
  {
    country: 'IN tax',
    expression: /(?<![\p{L}\p{N}])[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z](?![\p{L}\p{N}])/gu,
    valid: () => true,
    context: /\bpan\b|permanent account/i,
    scores: [0.6, 0.95, 0],
  },
]

/** Two or more dates or sums side by side are no number of a person; a name for the number is what tells. */
const IN_GENERAL =
  /\b(?:national|personal|identity|id|tax|citizen)[ -]?(?:id|identity|identification|insurance|security)?[ -]?(?:card|number|no|nr)?\.?:? ?#?$|ausweis(?:nummer|nr)?|pi[èe]ce d'identit[ée]|documento|identificaci[óo]n/i

function* find(scan: Scan): Generator<Detection> {
  for (const { expression, valid, context, scores } of IDS) {
    const [alone, inContext, wrong] = scores
    for (const match of scan.text.matchAll(expression)) {
      const [found] = match
      const right = valid(found.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase())
      if (!right && wrong === 0) continue
      const start = match.index
      const named = scan.before(start, context, 50)
      const bare = /^\d{9}$/.test(found) && expression === IDS[0]?.expression
      let score = named ? (right ? inContext : wrong) : right && !bare ? alone : 0
      if (score === 0 && right && scan.before(start, IN_GENERAL, 30)) score = 0.6
      if (score > 0) yield { type: 'NATIONAL_ID', start, end: start + found.length, score }
    }
  }
}

export const nationalId: Recogniser = { name: 'national-id', types: ['NATIONAL_ID'], find }
