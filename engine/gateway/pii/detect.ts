/**
 * Job: where personal data is in a text. Boundary: text and options in, spans out; no database, no network, no state.
 *
 * D1 Time is linear in the text, whatever it holds: every repetition in our patterns is bounded and begins only where
 *    the one before it cannot have, and patterns of an organisation run on RE2.
 * D2 Offsets are those of the text that was given, in UTF-16 units, also where it was read in plain characters.
 * D3 Spans do not overlap and are in the order of the text.
 */
import { normalise } from './normalise.ts'
import { withoutOverlaps } from './overlaps.ts'
import { address } from './recognisers/address.ts'
import { apiKey } from './recognisers/api-key.ts'
import { patternRecogniser, termRecogniser } from './recognisers/custom.ts'
import { dateOfBirth } from './recognisers/date-of-birth.ts'
import { documents } from './recognisers/documents.ts'
import { email } from './recognisers/email.ts'
import { nationalId } from './recognisers/national-id.ts'
import { network } from './recognisers/network.ts'
import { organisation } from './recognisers/organisation.ts'
import { payment } from './recognisers/payment.ts'
import { person } from './recognisers/person.ts'
import { DEFAULT_REGIONS, phone } from './recognisers/phone.ts'
import { url } from './recognisers/url.ts'
import { type Recogniser, Scan } from './scan.ts'
import type { DetectOptions, Detection } from './types.ts'

export const RECOGNISERS: readonly Recogniser[] = [
  email,
  url,
  apiKey,
  payment,
  nationalId,
  documents,
  dateOfBirth,
  phone,
  network,
  address,
  organisation,
  person,
]
const NUMERIC = new Set(['payment', 'national-id', 'documents', 'date-of-birth', 'phone'])
const THRESHOLD = 0.5

export type Detector = (text: string) => Detection[]

/** @throws PressroomError `input.pattern` where a pattern of the organisation can't be used. */
export function createDetector(options: DetectOptions = {}): Detector {
  const { threshold = THRESHOLD, terms = [], patterns = [], allow = [], regions = DEFAULT_REGIONS } = options
  const allowed = new Set(allow.map((text) => text.toLowerCase()))
  const recognisers = [
    ...RECOGNISERS,
    ...(terms.length > 0 ? [termRecogniser(terms)] : []),
    ...patterns.map(patternRecogniser),
  ]
  return (text) => {
    const plain = normalise(text)
    const scan = new Scan(plain.text, regions)
    const digits = /\d/.test(plain.text)
    const found: Detection[] = []
    for (const recogniser of recognisers) {
      if (!digits && NUMERIC.has(recogniser.name)) continue
      for (const one of recogniser.find(scan)) {
        if (one.score >= threshold && !allowed.has(plain.text.slice(one.start, one.end).toLowerCase()))
          found.push(one)
      }
    }
    return withoutOverlaps(found, plain.text).map(({ type, start, end, score }) => {
      const [from, to] = plain.original(start, end) // D2
      return { type, start: from, end: to, score: Math.round(score * 100) / 100 }
    })
  }
}

export const detect = (text: string, options?: DetectOptions): Detection[] => createDetector(options)(text)
