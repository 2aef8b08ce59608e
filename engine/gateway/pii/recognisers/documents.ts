import { type Recogniser, pattern } from '../scan.ts'

/** Papers' numbers have no common shape: only what is said of them gives them away. */
const PASSPORT =
  /(?:passport|reisepass|pass(?:nummer|-nr)|passeport|pasaporte|passaporto|paspoort|paszport|personalausweis|passnummer|pasnummer)[\p{L}\p{N} .:#°º()'’-]{0,28}?[ :#](?<value>(?=[A-Z0-9]{0,8}\d{2})[A-Z0-9]{6,10})(?![\p{L}\p{N}])/giu
const LICENCE =
  /(?:driv(?:er'?s?|ing) ?licen[cs]e|driver licen[cs]e|\bDL\b|führerschein(?:nummer|-nr)?|permis de conduire|licencia de conducir|permiso de conducir|carnet de conducir|patente(?: di guida)?|rijbewijs(?:nummer)?|prawo jazdy|körkort|carta de condu[çc][ãa]o)[\p{L}\p{N} .:#°º()-]{0,28}?[ :#](?<value>(?=[A-Z0-9/-]{0,8}\d{2})[A-Z0-9][A-Z0-9/-]{4,17})(?![\p{L}\p{N}])/giu
const UK_LICENCE = /(?<![\p{L}\p{N}])[A-Z9]{5}\d[0156]\d[0-3]\d\d[A-Z9]{2}\d[A-Z]{2}(?![\p{L}\p{N}])/gu

/** The lines below a passport's picture. */
const MACHINE_READABLE = /P[A-Z<][A-Z]{3}[A-Z<]{39}(?:\s{0,2}[A-Z0-9<]{44})?/g

const passport = pattern('PASSPORT', PASSPORT, () => 0.9)
const machineReadable = pattern('PASSPORT', MACHINE_READABLE, () => 0.95)
const licence = pattern('DRIVING_LICENCE', LICENCE, () => 0.88)
const ukLicence = pattern('DRIVING_LICENCE', UK_LICENCE, () => 0.85)

export const documents: Recogniser = {
  name: 'documents',
  types: ['PASSPORT', 'DRIVING_LICENCE'],
  *find(scan) {
    yield* passport(scan)
    yield* machineReadable(scan)
    yield* licence(scan)
    yield* ukLicence(scan)
  },
}
