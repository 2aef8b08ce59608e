/** One made-up value for an original, of its type and shape; another one for every attempt. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { normalise } from '../normalise.ts'
import { luhn, remainder97 } from '../recognisers/checksums.ts'
import type { EntityType } from '../types.ts'
import { familyName, givenName, otherName } from './made-up-words.ts'
import { Choices } from './random.ts'

export type Style = 'realistic' | 'token'

const CODE = '0123456789BCDFGHJKMNPQRSTVWXZ'
const CODE_LENGTH = 6
const STREET = /stra(?:ße|sse)|str\.|weg\b|platz|allee|gasse/i
const LEGAL_FORM =
  / (?:& Co\.? KG|GmbH(?: & Co\.? KG)?|AG|SE|KG|UG|Ltd\.?|Limited|LLC|Inc\.?|Corp\.?|PLC|plc|LLP|S\.?A\.?S?\.?|SARL|S\.?p\.?A\.?|S\.?r\.?l\.?|S\.?L\.?|B\.?V\.?|N\.?V\.?|AB|Oy|AS|Group|Bank|e\.V\.)$/

export interface Making {
  key: string
  type: EntityType
  original: string
  attempt: number
  /** Which part of a person's name, where it is one. */
  part?: 'given' | 'family'
}

/** A bracketed code: what is certain to be found again, whatever stands beside it. */
export function tokenFor({ key, type, original, attempt }: Making): string {
  const choices = new Choices(key, `token ${type} ${attempt} ${original}`)
  const code = Array.from({ length: CODE_LENGTH }, () => choices.from(CODE)).join('')
  return `[${type}_${code}]`
}

export function realisticFor(making: Making): string {
  const { key, type, attempt } = making
  const plain = normalise(making.original).text.trim()
  // Case does not make somebody else: "JANE" and "Jane" are given the same to choose from.
  const choices = new Choices(key, `${type} ${attempt} ${plain.toLowerCase()}`)
  switch (type) {
    case 'PERSON':
      return cased(plain, making.part === 'given' ? givenName(choices) : familyName(choices))
    case 'EMAIL':
      return emailFor(plain, key, choices, attempt)
    case 'PHONE':
      return phoneFor(plain, choices, attempt)
    case 'CREDIT_CARD':
      return cardFor(plain, choices)
    case 'IBAN':
      return ibanFor(plain, choices)
    case 'ADDRESS':
      return addressFor(plain, choices)
    case 'ORGANISATION':
      return otherName(choices) + (LEGAL_FORM.exec(plain)?.[0] ?? '')
    case 'CODENAME':
    case 'CUSTOM':
      return /\d/.test(plain) ? tokenFor(making) : cased(plain, otherName(choices))
    case 'DATE_OF_BIRTH':
      return dateFor(plain, choices)
    case 'IP_ADDRESS':
      return ipFor(plain, choices)
    case 'MAC_ADDRESS':
      return `02${sameShape(plain, choices).slice(2)}`
    case 'NATIONAL_ID':
      // Numbers that begin with 9 were never given to anybody in the United States.
      return /^\d{3}-\d{2}-\d{4}$/.test(plain)
        ? `9${sameShape(plain, choices).slice(1)}`
        : sameShape(plain, choices)
    case 'PASSPORT':
    case 'DRIVING_LICENCE':
      return sameShape(plain, choices)
    case 'API_KEY':
    case 'URL_CREDENTIALS':
      return tokenFor(making)
  }
}

const cased = (like: string, word: string) =>
  like === like.toUpperCase() && like !== like.toLowerCase() && like.length > 1
    ? word.toUpperCase()
    : like === like.toLowerCase() && like !== like.toUpperCase()
      ? word.toLowerCase()
      : word

/** On a reserved top-level domain; addresses at one company stay at one company. */
function emailFor(plain: string, key: string, choices: Choices, attempt: number): string {
  const domain = plain.includes('@') ? plain.slice(plain.lastIndexOf('@') + 1) : plain
  const company = otherName(new Choices(key, `domain ${domain.toLowerCase()}`))
  const name = `${givenName(choices)}.${familyName(choices)}${attempt > 2 ? choices.digit() : ''}`
  return `${name}@${company}.example`.toLowerCase()
}

/** Every digit and letter another of its kind. */
const sameShape = (plain: string, choices: Choices): string =>
  plain.replace(/\p{N}|\p{L}/gu, (one) => {
    if (/\p{N}/u.test(one)) return choices.digit()
    const letter = choices.from('ABCDEFGHJKLMNPRSTUVWXYZ')
    return one === one.toLowerCase() ? letter.toLowerCase() : letter
  })

/** New digits into the places of the old ones. */
function intoDigits(plain: string, digits: string): string {
  let at = 0
  return plain.replace(/\d/g, () => digits[at++] ?? '0')
}

const GB_MOBILE = '7700900'

/** Of the same country, written the same way; from ranges for films and books where there are such. */
function phoneFor(plain: string, choices: Choices, attempt: number): string {
  const digits = plain.replace(/\D/g, '')
  const parsed = parsePhoneNumberFromString(
    digits.startsWith('00') ? `+${digits.slice(2)}` : plain.startsWith('+') ? `+${digits}` : plain,
    plain.startsWith('+') ? undefined : 'US',
  )
  const international = plain.startsWith('+') || digits.startsWith('00')
  const country =
    parsed && international ? parsed.countryCallingCode.length + (digits.startsWith('00') ? 2 : 0) : 0
  const trunk = !international && digits.startsWith('0') ? 1 : 0
  const national = digits.length - country - trunk
  const american = international ? parsed?.countryCallingCode === '1' : !trunk && national === 10
  if (american && national === 10 && attempt < 4) {
    const area = digits.slice(country, country + 3)
    return intoDigits(plain, `${digits.slice(0, country)}${area}55501${choices.digit()}${choices.digit()}`)
  }
  const british =
    parsed?.countryCallingCode === '44' && digits[country] === '7' && national === 10 && international
  if (british && attempt < 6)
    return intoDigits(
      plain,
      `${digits.slice(0, country)}${GB_MOBILE}${choices.digit()}${choices.digit()}${choices.digit()}`,
    )
  const kept = Math.min(country + trunk + 2, digits.length - 5)
  const rest = Array.from({ length: digits.length - kept }, (_, index) =>
    index === 0 ? String(1 + choices.below(9)) : choices.digit(),
  ).join('')
  return intoDigits(plain, digits.slice(0, kept) + rest)
}

/** From a range that card companies keep for tests, with a check digit that holds. */
function cardFor(plain: string, choices: Choices): string {
  const { length } = plain.replace(/\D/g, '')
  const body = `400000${Array.from({ length: length - 7 }, () => choices.digit()).join('')}`
  const check = Array.from('0123456789').find((digit) => luhn(body + digit)) ?? '0'
  return intoDigits(plain, body + check)
}

/** Of the same country, at a bank 0000 that there is not, with check digits that hold. */
function ibanFor(plain: string, choices: Choices): string {
  const compact = plain.replace(/[ -]/g, '').toUpperCase()
  const country = compact.slice(0, 2)
  const account = Array.from(compact.slice(4))
    .map((one, index) =>
      /\d/.test(one)
        ? index < 4
          ? '0'
          : choices.digit()
        : index < 4
          ? ('TEST'[index] ?? 'X')
          : choices.from('BCDFGHJKM'),
    )
    .join('')
  const check = String(98 - remainder97(`${account}${country}00`)).padStart(2, '0')
  const made = country + check + account
  let at = 0
  return plain.toUpperCase().replace(/[A-Z0-9]/g, () => made[at++] ?? '0')
}

function addressFor(plain: string, choices: Choices): string {
  if (/^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i.test(plain)) return sameShape(plain, choices)
  const number = 1 + choices.below(180)
  const street = familyName(choices)
  const german = STREET.test(plain)
  const line = german ? `${street}straße ${number}` : `${number} ${street} Street`
  if (!/[,\n]|\d{4}/.test(plain)) return line
  const code = `0${choices.digit()}${choices.digit()}${choices.digit()}${choices.digit()}`
  return german ? `${line}, ${code} ${familyName(choices)}` : `${line}, ${familyName(choices)} ${code}`
}

/** A day that every month has and a year between 1950 and 1999; names of months stay. */
const dateFor = (plain: string, choices: Choices): string =>
  plain.replace(/\d+/g, (digits) => {
    if (digits.length === 4) return String(1950 + choices.below(50))
    const value = String(1 + choices.below(12))
    return digits.length === 2 ? value.padStart(2, '0') : value
  })

/** 198.18.0.0/15 and 2001:db8::/32 are for tests and examples. */
function ipFor(plain: string, choices: Choices): string {
  const size = /\/\d+$/.exec(plain)?.[0] ?? ''
  if (!plain.includes(':'))
    return `198.${18 + choices.below(2)}.${choices.below(256)}.${choices.below(256)}${size}`
  return `2001:db8:${choices.below(0x1_0000).toString(16)}::${(1 + choices.below(0xffff)).toString(16)}${size}`
}
