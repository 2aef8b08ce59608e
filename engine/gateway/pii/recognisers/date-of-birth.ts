import type { Recogniser } from '../scan.ts'

const MONTHS = String.raw`(?:jan|feb|f[ée]v|mar|mär|maa|mrt|apr|avr|abr|may|mai|mag|mei|maj|jun|jui|giu|jul|lug|aug|ao[uû]|ago|sep|set|oct|okt|ott|out|nov|dec|dez|d[ée]c|dic|gen|ene|janv|wrze|paź|lis|gru|sty|lut|kwi|cze|lip|sie)\p{L}{0,8}\.?`
const DATE = new RegExp(
  [
    String.raw`(?<![\d./-])(?:`,
    String.raw`(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])`,
    String.raw`|(?:0?[1-9]|[12]\d|3[01])[-./] ?(?:0?[1-9]|[12]\d|3[01])[-./] ?(?:(?:19|20)\d{2}|\d{2})`,
    String.raw`|(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º|\.)? (?:of |de |d')?${MONTHS},? (?:de |del )?(?:19|20)\d{2}`,
    String.raw`|(?<!\p{L})${MONTHS} (?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,? (?:19|20)\d{2}`,
    String.raw`)(?![\d/-])`,
  ].join(''),
  'giu',
)
const BEFORE =
  /(?:\bborn|\bd\.? ?o\.? ?b\b|birth|b-?day|geboren|geburts(?:datum|tag)|\bgeb\.|\bn[ée]{1,2}e?\)? le|\bn[ée]\(e\)|naissance|nacid[oa]|nacimiento|\bnat[oa]\b|nascita|geboorte|urodz|\bfödd|\bfødt|fødsel|född|syntynyt|syntymä|nascid[oa]|nascimento|doğum|\*)[^\n\d]{0,30}$/i
const AFTER =
  /^[ ,(]{0,3}(?:(?:in \p{L}{2,30} )?(?:geboren|born|geb\.)|is (?:my|his|her|their) (?:birthday|date of birth)|\(?(?:dob|date of birth|geb\.|geburtsdatum)\b)/iu

export const dateOfBirth: Recogniser = {
  name: 'date-of-birth',
  types: ['DATE_OF_BIRTH'],
  *find(scan) {
    for (const { 0: found, index: start } of scan.text.matchAll(DATE)) {
      const end = start + found.length
      if (scan.before(start, BEFORE, 48) || AFTER.test(scan.text.slice(end, end + 40)))
        yield { type: 'DATE_OF_BIRTH', start, end, score: 0.92 }
    }
  },
}
