/**
 * Sample data that is pinned on output ports, for trying a flow. It lies in the draft's document, in a root map `pins`
 * of `<node>.<port>` → items, so it is shared, kept offline and undone like any edit; it is no part of the flow, and
 * so is never published, hashed, copied or exported.
 */
import type * as Y from 'yjs'
import { z } from 'zod'
import { PressroomError } from '../errors.ts'
import { type GivenItem, givenItemSchema, MAX_GIVEN_ITEMS } from '../trial.ts'
import { type Json, plain, sameJson } from './json.ts'
import { edit } from './shape.ts'

export type Pins = ReadonlyMap<string, readonly GivenItem[]>

export const MAX_PIN_BYTES = 256 * 1024
/** A trial carries all of them in one request. */
export const MAX_PINS_BYTES = 1024 * 1024

const pinSchema = z.array(givenItemSchema).max(MAX_GIVEN_ITEMS)

export const pinsMap = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('pins')

/** By `<node>.<port>`, also those of nodes that are gone for now. What is no list of items is left out. */
export function pinsOf(doc: Y.Doc): Pins {
  const pins = new Map<string, readonly GivenItem[]>()
  for (const [key, value] of [...pinsMap(doc)].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const parsed = pinSchema.safeParse(value)
    if (parsed.success) pins.set(key, parsed.data)
  }
  return pins
}

/** Null takes the pin away. Throws `pin.too_large` or `pin.invalid`, and then nothing has changed. */
export function setPin(doc: Y.Doc, key: string, items: readonly GivenItem[] | null, origin?: unknown): void {
  const pins = pinsMap(doc)
  if (items === null) return edit(doc, origin, null, () => pins.delete(key))
  const parsed = pinSchema.safeParse(items)
  if (!parsed.success) throw invalid(key, parsed.error.issues[0])
  const size = bytesOf(parsed.data)
  const others = [...pins].reduce((sum, [other, value]) => sum + (other === key ? 0 : bytesOf(value)), 0)
  if (size > MAX_PIN_BYTES) throw tooLarge(key, size, MAX_PIN_BYTES, 'One pin')
  if (size + others > MAX_PINS_BYTES) throw tooLarge(key, size + others, MAX_PINS_BYTES, 'All pins of a flow')
  const value: Json = plain(parsed.data)
  edit(doc, origin, null, () => {
    if (!sameJson(pins.get(key), value)) pins.set(key, value)
  })
}

const encoder = new TextEncoder()
const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value) ?? '').byteLength
const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`

function tooLarge(key: string, bytes: number, limit: number, what: string): PressroomError {
  return new PressroomError({
    code: 'pin.too_large',
    message: `${what} may take ${kilobytes(limit)}; this would be ${kilobytes(bytes)}.`,
    fix: 'Pin fewer items, shorten them, or take a pin away elsewhere.',
    facts: { pin: key, bytes, limit },
  })
}

function invalid(key: string, issue: z.core.$ZodIssue | undefined): PressroomError {
  const path = issue?.path.join('.') ?? ''
  return new PressroomError({
    code: 'pin.invalid',
    message: `The sample data can't be pinned: ${path === '' ? '' : `${path}: `}${issue?.message ?? 'invalid'}.`,
    fix: 'Correct the item that the message names.',
    facts: { pin: key, path },
  })
}
