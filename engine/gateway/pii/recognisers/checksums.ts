const numbers = (digits: string): number[] => Array.from(digits, Number)
const weighted = (digits: string, weights: number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * Number(digits[index] ?? 0), 0)

/** ISO/IEC 7812-1 annex B. */
export function luhn(digits: string): boolean {
  const sum = numbers(digits)
    .toReversed()
    .reduce(
      (total, digit, index) => total + (index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2),
      0,
    )
  return sum % 10 === 0
}

/** ISO 13616: the first four characters moved to the end, letters as 10 to 35, remainder 1. */
export function mod97(iban: string): boolean {
  return remainder97(iban.slice(4) + iban.slice(0, 4)) === 1
}

export function remainder97(text: string): number {
  let remainder = 0
  for (const character of text.toUpperCase()) {
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder
}

/** ISO 7064 MOD 11,10: the German tax id, and Croatian ones. */
export function mod11and10(digits: string): boolean {
  let product = 10
  for (const digit of numbers(digits.slice(0, -1))) {
    const sum = (digit + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === Number(digits.at(-1))
}

/** DNI and NIE: the letter is the number modulo 23. */
export function spanishLetter(id: string): boolean {
  const number = id.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)))
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === id.at(-1)
}

const ODD = 'BAKPLCQDREVOSFTGUHMINJWZYX'

/** Codice fiscale: characters at odd places count by a table of their own. */
export function codiceFiscale(code: string): boolean {
  let sum = 0
  for (const [index, character] of Array.from(code.slice(0, 15)).entries()) {
    const value = Number.parseInt(character, 36)
    const position = value > 9 ? value - 10 : value
    sum += index % 2 === 1 ? position : ODD.indexOf(String.fromCharCode(65 + position))
  }
  return String.fromCharCode(65 + (sum % 26)) === code[15]
}

/** The French number of 13 digits and its key, 97 less the remainder; Corsica's letters stand for digits. */
export function frenchNir(id: string): boolean {
  const number = Number(id.slice(0, 13).replace('2A', '19').replace('2B', '18'))
  return 97 - (number % 97) === Number(id.slice(13))
}

export const dutchBsn = (id: string): boolean => {
  const sum = weighted(id, [9, 8, 7, 6, 5, 4, 3, 2, -1])
  return sum !== 0 && sum % 11 === 0
}

/** Born from 2000 on, a 2 goes before the number. */
export const belgianNumber = (id: string): boolean =>
  [id.slice(0, 9), `2${id.slice(0, 9)}`].some((number) => 97 - (Number(number) % 97) === Number(id.slice(9)))

export const pesel = (id: string): boolean =>
  (10 - (weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === Number(id[10])

export const swissAhv = (id: string): boolean =>
  (10 - (weighted(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === Number(id[12])

export const norwegianNumber = (id: string): boolean =>
  weighted(id, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
  weighted(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0

export const finnishCode = (id: string): boolean =>
  '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(id.slice(0, 6) + id.slice(7, 10)) % 31] === id[10]

export const portugueseNif = (id: string): boolean => {
  const rest = weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
  return Number(id[8]) === (rest < 2 ? 0 : 11 - rest)
}

export function brazilianCpf(id: string): boolean {
  const check = (count: number) => {
    const sum = numbers(id.slice(0, count)).reduce(
      (total, digit, index) => total + digit * (count + 1 - index),
      0,
    )
    return ((sum * 10) % 11) % 10 === Number(id[count])
  }
  return !/^(\d)\1+$/.test(id) && check(9) && check(10)
}

export const austrianNumber = (id: string): boolean =>
  weighted(id, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === Number(id[3])

export const ukNhs = (id: string): boolean =>
  (11 - (weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === Number(id[9])

const DIHEDRAL = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const PERMUTED = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** Verhoeff's check, of India's Aadhaar. */
export function verhoeff(digits: string): boolean {
  const check = numbers(digits)
    .toReversed()
    .reduce((value, digit, index) => Number(DIHEDRAL[value]?.[Number(PERMUTED[index % 8]?.[digit])]), 0)
  return check === 0
}
