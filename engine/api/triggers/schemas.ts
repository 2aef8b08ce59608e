import { z } from 'zod'
import { triggerSummarySchema } from '#graph'
import { idSchema } from '../ids.ts'

export const ofTrigger = z.strictObject({ flowId: idSchema, id: idSchema })

/** `secret`: what deliveries have to be signed with from now on. No other answer ever holds it again. */
export const savedTriggerSchema = z.object({ trigger: triggerSummarySchema, secret: z.string().nullable() })
