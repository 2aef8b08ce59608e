import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { Recogniser, Scan } from '../scan.ts'
import type { Detection } from '../types.ts'

export const DEFAULT_REGIONS: CountryCode[] = [
  'US',
  'GB',
  'DE',
  'FR',
  'ES',
  'IT',
  'NL',
  'BE',
  'AT',
  'CH',
  'PL',
  'SE',
  'PT',
  'IE',
  'DK',
  'NO',
  'FI',
  'CZ',
  'IN',
  'AU',
  'BR',
  'MX',
  'JP',
]

const CANDIDATE =
  /(?<![\p{L}\d@_%#$€£=&?/.,:+-])(?:tel:|(?<=[:=]))?(?:\+|\()?\d(?:[ ()/.-]{0,3}\d){5,18}(?:[ ,]{0,2}(?:ext\.?|x|extension|durchwahl|dw|poste|anexo|int\.?)[ .:]{0,2}\d{1,6})?(?![\p{L}\d_@%€£$])/giu
const EXTENSION = /[ ,]{0,2}(?:ext\.?|x|extension|durchwahl|dw|poste|anexo|int\.?)[ .:]{0,2}\d{1,6}$/i
const CONTEXT =
  /(?:\btele?(?:phone|fon|fono|foon|fax)?\b|\bphone|\bmobile?\b|\bmobil|\bcell|\bcall|\bfax|\bsms\b|\btext (?:me|him|her|us)|\bring\b|whats ?app|signal|viber|\bdial|\breach|\bhandy|\bruf|anruf|\bnummer|\bnumber|appele|\bportable|\bt[ée]l|ll[aá]m|m[óo]vil|celular|cellulare|chiama|\bgsm\b|\bbel\b|\bbellen|contact|hotline|rückruf|komórk|zadzwo|\bring|\bm:|\bt:|\bp:|☎|📞|📱)[^\n]{0,36}$/i
const NOT =
  /(?:order|invoice|inv|ref(?:erence)?|ticket|id|sku|isbn|issn|ean|case|tracking|serial|version|part|item|batch|model|rechnung(?:snummer)?|bestellung|bestellnummer|kundennummer|auftrag|artikel|facture|commande|factura|pedido|fattura|ordine|account|konto|claim|policy|blz|vat|ust-?id|total|amount|price|doi|pmid|po|zip|plz)(?: ?(?:no|nr|number|num|id|n[°º]))?\.?[ :#=-]{0,3}$/i
const DATE = /^(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4})(?:\D|$)/
const YEARS = /^(?:19|20)\d{2} ?[-/ ] ?(?:19|20)\d{2}$/
const DECIMAL = /^\d{1,3}(?:[., ]\d{3})+(?:[.,]\d{1,2})?$|^\d+\.\d+$/
const ADDRESS_OF_HOST = /^\d{1,3}(?:\.\d{1,3}){3}$/
const SPACED_OUT = /^\d(?:[ .-]\d){8,14}$/
const AT_LEAST = 7

/** Grouped as people group telephone numbers, rather than as sums or serial numbers. */
const WRITTEN_AS_PHONE =
  /^(?:\(\d{2,5}\)|\d{3}[-. ]\d{3}[-. ]\d{4}$|1[-. ]\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}$|0\d{1,4}[ /-]|0\d(?:[ .]\d\d){4}$|[6-9]\d{2}[ .]\d{3}[ .]\d{3}$|[6-9]\d\d(?: \d\d){3}$|0[1-9]\d{8,9}$|0\d \d{3} \d{3}|0[67]\d{8}$|3\d{2} \d{3} ?\d{4}$)/

function certainty(scan: Scan, found: string, start: number): number {
  const digits = found.replace(/\D/g, '')
  if (digits.length < AT_LEAST || digits.length > 16 || /^(\d)\1+$/.test(digits)) return 0
  if (YEARS.test(found) || ADDRESS_OF_HOST.test(found)) return 0
  const international = found.startsWith('+') || /^00[1-9]/.test(digits)
  const context = scan.before(start, CONTEXT, 60)
  if (international) {
    const parsed = parsePhoneNumberFromString(found.startsWith('+') ? found : `+${digits.slice(2)}`)
    if (parsed?.isValid()) return 0.97
    return parsed?.isPossible()
      ? context
        ? 0.9
        : 0.75
      : context && found.startsWith('+')
        ? 0.6
        : found.startsWith('+') && digits.length > 9
          ? 0.55
          : 0
  }
  if (DATE.test(found)) return 0
  if (scan.before(start, NOT, 32)) return 0
  if (DECIMAL.test(found) && !context) return 0
  const written = WRITTEN_AS_PHONE.test(SPACED_OUT.test(found) ? digits : found)
  if (!written && !context) return 0
  for (const region of scan.regions) {
    if (!isSupportedCountry(region)) continue
    const parsed = parsePhoneNumberFromString(found, region)
    if (parsed?.isValid()) return context ? 0.95 : 0.75
  }
  return context
    ? digits.length >= 8 || /[ -]/.test(found)
      ? 0.65
      : 0.5
    : digits.length >= 9 && /^\(|^0/.test(found)
      ? 0.55
      : written && digits.length >= 10
        ? 0.6
        : 0
}

function* find(scan: Scan): Generator<Detection> {
  for (const match of scan.text.matchAll(CANDIDATE)) {
    const found = match[0].replace(/^tel:/i, '')
    let start = match.index + match[0].length - found.length
    const bare = found.replace(EXTENSION, '')
    let score = certainty(scan, bare, start)
    let end = start + found.length
    // Two numbers side by side, or a number and a year, look like one.
    for (let cut = bare, tries = 0; score === 0 && tries < 3; tries++) {
      cut = cut.slice(0, Math.max(cut.lastIndexOf(' '), 0)).replace(/\D+$/, '')
      if (cut.replace(/\D/g, '').length < 9) break
      score = certainty(scan, cut, start)
      end = start + cut.length
    }
    if (scan.text[start] === '(' && !found.includes(')')) start++
    if (score > 0) yield { type: 'PHONE', start, end, score }
  }
}

export const phone: Recogniser = { name: 'phone', types: ['PHONE'], find }
