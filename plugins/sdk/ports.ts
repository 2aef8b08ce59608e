import { z } from 'zod'
import { briefSchema, deliverableSchema, draftSchema, evaluationSchema, rankingSchema } from './values.ts'

const fileSchema = z.object({
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number().int(),
  handle: z.string(),
})

/** Every kind of value that an edge can carry, by the name that the studio, the API and the database use. */
export const PORT_SCHEMAS = {
  brief: briefSchema,
  draft: draftSchema,
  evaluation: evaluationSchema,
  ranking: rankingSchema,
  deliverable: deliverableSchema,
  text: z.string(),
  json: z.json(),
  image: fileSchema,
  audio: fileSchema,
  file: fileSchema,
  any: z.json(),
} as const

export type PortType = keyof typeof PORT_SCHEMAS
export type PortValue<T extends PortType> = z.infer<(typeof PORT_SCHEMAS)[T]>
export const PORT_TYPES = Object.keys(PORT_SCHEMAS) as PortType[]

/** Whether an output of type `from` may feed an input of type `to`. */
export function portsConnect(from: PortType, to: PortType): boolean {
  if (from === to || to === 'any' || from === 'any') return true
  return to === 'json' && from !== 'text'
}
