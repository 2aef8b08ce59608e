import { z } from 'zod'
import { type Failure, type TriggerSettings, briefInputSchema, failureSchema, mapInput } from '#graph'
import { newCallId, runOfCall } from '#run/ids.ts'
import type { Json } from '#run/interfaces.ts'
import type { NewCall } from '#run/triggers/interfaces.ts'
import { scheduleBody } from '#run/triggers/times.ts'
import { invalidInput, notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { ofTrigger } from './schemas.ts'

/**
 * As if it had been called with this body; a schedule as if it were due now. The call is recorded as one that was tried.
 * `failure` says why no run was started.
 */
export const tryNow = protectedProcedure('run:start')
  .input(ofTrigger.extend({ body: z.json().default(null) }))
  .output(z.object({ callId: z.string(), runId: z.string().nullable(), failure: failureSchema.nullable() }))
  .mutation(async ({ ctx, input: { flowId, id, body } }) => {
    const { stores, triggers } = ctx.services
    const flow = await stores.flows.get(ctx.organisationId, flowId)
    const trigger = flow && (await stores.triggers.get(ctx.organisationId, flow.id, id))
    if (!trigger) throw notFound('trigger', id)
    const ref = { organisationId: ctx.organisationId, triggerId: id }
    const accepted = await triggers.accept(ref, callWith(trigger.settings, body))
    if (!accepted) throw notFound('trigger', id)
    const { callId } = accepted
    await triggers.done(callId)
    const outcome = await stores.triggerCalls.outcome(ref, callId)
    const runId = outcome?.status === 'refused' ? null : runOfCall(callId)
    return { callId, runId, failure: outcome?.failure ?? null }
  })

function callWith(settings: TriggerSettings, body: Json): NewCall {
  const id = newCallId(Date.now())
  const call = { id, key: `try ${id}`, tried: true }
  if (settings.kind === 'form') return { ...call, body, ...answered(body) }
  const came = settings.kind === 'schedule' ? scheduleBody(settings, new Date()) : body
  const { input, failure } = mapInput(settings.brief, came)
  return { ...call, body: came, input, failure }
}

function answered(body: Json): { input: NewCall['input']; failure: Failure | null } {
  const parsed = briefInputSchema.safeParse(body)
  return parsed.success
    ? { input: { brief: parsed.data }, failure: null }
    : { input: null, failure: invalidInput(parsed.error) }
}
