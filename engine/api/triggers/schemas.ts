import { z } from 'zod'
import { triggerSummarySchema } from '#graph'
import { idSchema } from '../ids.ts'

export const ofTrigger = z.strictObject({ flowId: idSchema, id: idSchema })

/** `address`: where deliveries or visitors go; null where there is none, or for whoever may not change triggers. */
export const triggerSchema = triggerSummarySchema
  .omit({ path: true })
  .extend({ address: z.string().nullable() })

/** `secret`: what deliveries have to be signed with from now on. No other answer ever holds it again. */
export const savedTriggerSchema = z.object({ trigger: triggerSchema, secret: z.string().nullable() })
