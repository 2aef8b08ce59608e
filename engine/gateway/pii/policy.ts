import { PressroomError, z } from '#graph'
import { ENTITY_TYPES, type Detection, type EntityType } from './types.ts'
import type { Pseudonymiser } from './pseudonyms/pseudonymiser.ts'

export const DESTINATIONS = [
  'local-model',
  'internal-connection',
  'external-model',
  'external-connection',
  'mail-export',
] as const
/** From the most lenient to the strictest. */
export const ACTIONS = ['allow', 'pseudonymise', 'mask', 'block'] as const

export type Destination = (typeof DESTINATIONS)[number]
export type Action = (typeof ACTIONS)[number]

/** What happens to each type on its way to each class of destination. */
export const rulesSchema = z.record(z.enum(ENTITY_TYPES), z.record(z.enum(DESTINATIONS), z.enum(ACTIONS)))
export type Rules = z.infer<typeof rulesSchema>

const row = (...actions: [Action, Action, Action, Action, Action]) =>
  Object.fromEntries(
    DESTINATIONS.map((destination, index) => [destination, actions[index] ?? 'block']),
  ) as Record<Destination, Action>

/**
 * What holds until an organisation decides otherwise: nothing that was recognised leaves as it is. Secrets do not even
 * reach a model of one's own, and no mail or file carries the number of a person, a paper or an account.
 */
export const STRICT: Rules = {
  PERSON: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'mask'),
  EMAIL: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'mask'),
  PHONE: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'mask'),
  ADDRESS: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'mask'),
  ORGANISATION: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'allow'),
  CODENAME: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'mask'),
  DATE_OF_BIRTH: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'mask'),
  NATIONAL_ID: row('pseudonymise', 'pseudonymise', 'pseudonymise', 'mask', 'block'),
  PASSPORT: row('pseudonymise', 'pseudonymise', 'pseudonymise', 'mask', 'block'),
  DRIVING_LICENCE: row('pseudonymise', 'pseudonymise', 'pseudonymise', 'mask', 'block'),
  CREDIT_CARD: row('pseudonymise', 'pseudonymise', 'pseudonymise', 'block', 'block'),
  IBAN: row('allow', 'allow', 'pseudonymise', 'mask', 'block'),
  IP_ADDRESS: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'mask'),
  MAC_ADDRESS: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'mask'),
  URL_CREDENTIALS: row('pseudonymise', 'mask', 'pseudonymise', 'block', 'block'),
  API_KEY: row('pseudonymise', 'mask', 'pseudonymise', 'block', 'block'),
  CUSTOM: row('allow', 'allow', 'pseudonymise', 'pseudonymise', 'mask'),
}

export const maskOf = (type: EntityType): string => `[${type.replaceAll('_', ' ').toLowerCase()}]`

export interface Treated {
  /** As it would leave. */
  output: string
  /** Types that must not reach this destination at all; `output` is then never sent. */
  blocked: EntityType[]
  /** How many of each type were met, and what became of them; never the values. */
  counts: { type: EntityType; action: Action; count: number }[]
}

/** A text on its way to a destination. */
export function treat(
  text: string,
  detections: readonly Detection[],
  actionFor: (type: EntityType) => Action,
  pseudonymiser: Pseudonymiser,
): Treated {
  const counts = new Map<EntityType, number>()
  for (const { type } of detections) counts.set(type, (counts.get(type) ?? 0) + 1)
  const counted = [...counts].map(([type, count]) => ({ type, action: actionFor(type), count }))
  const pieces = detections
    .filter(({ type }) => actionFor(type) !== 'allow')
    .map(({ type, start, end }) => ({
      type,
      start,
      end,
      mask: actionFor(type) === 'pseudonymise' ? null : maskOf(type),
    }))
  return {
    output: pseudonymiser.apply(text, pieces),
    blocked: counted.filter(({ action }) => action === 'block').map(({ type }) => type),
    counts: counted,
  }
}

/** Something was met that must not go there. */
export function blockedError({ blocked }: Treated, destination: Destination): PressroomError {
  return new PressroomError({
    code: 'policy.blocked',
    message: `The privacy policy keeps ${blocked.join(', ')} from ${destination.replace('-', ' ')}s.`,
    fix: 'Take these out of the text, choose another destination, or ask whoever manages the policy.',
    facts: { types: blocked, destination },
  })
}
