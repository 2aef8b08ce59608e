/** What the policy speaks of. The national ids of all countries are one type: no officer decides on them one by one. */
export const ENTITY_TYPES = [
  'PERSON',
  'EMAIL',
  'PHONE',
  'ADDRESS',
  'ORGANISATION',
  'CODENAME',
  'DATE_OF_BIRTH',
  'NATIONAL_ID',
  'PASSPORT',
  'DRIVING_LICENCE',
  'CREDIT_CARD',
  'IBAN',
  'IP_ADDRESS',
  'MAC_ADDRESS',
  'URL_CREDENTIALS',
  'API_KEY',
  'CUSTOM',
] as const

export type EntityType = (typeof ENTITY_TYPES)[number]

/** Offsets in UTF-16 units, the end exclusive; score from 0 to 1. */
export interface Detection {
  type: EntityType
  start: number
  end: number
  score: number
}

/** An organisation's own word: found whole, whatever its case. */
export interface Term {
  type: EntityType
  text: string
}

export interface CustomPattern {
  type: EntityType
  /** RE2 syntax: no back references, no look-around, and therefore linear time. */
  pattern: string
  score?: number
}

export interface DetectOptions {
  /** What is found with less certainty is left out; 0.5 where nothing is said. */
  threshold?: number
  terms?: Term[]
  patterns?: CustomPattern[]
  /** Texts that are never reported, whatever their case. */
  allow?: string[]
  /** Countries whose national phone numbers are tried, the likeliest first. */
  regions?: string[]
}
