import { type TrackedEnvelope, tracked } from '@trpc/server'
import { z } from 'zod'
import { reaches } from '#access'
import type { RunMessage } from '#graph'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { admissionOf } from '../auth/admission.ts'
import { admitted, unauthenticated } from '../auth/admitted.ts'
import { streamOf } from '../streams/stream-of.ts'
import { protectedProcedure } from '../trpc.ts'
import { followRun } from './follow.ts'
import { runMessageSchema } from './schemas.ts'

/** What a column of event numbers can hold. */
const MAX_EVENT = 2_147_483_647

const eventNumber = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .pipe(z.number().int().min(0).max(MAX_EVENT))

type EventMessage = Extract<RunMessage, { kind: 'event' }>
type StreamMessage = Extract<RunMessage, { kind: 'stream' }>
type Message = TrackedEnvelope<EventMessage> | StreamMessage

/**
 * The log of a run as it grows, each event tracked by its number, and untracked between them the texts being written.
 * `lastEventId` is the number of the last event that the caller has; the browser sends it by itself when it reconnects.
 */
export const events = protectedProcedure('run:read')
  .input(
    z.strictObject({
      runId: idSchema,
      lastEventId: eventNumber.optional(),
    }),
  )
  .output(streamOf<Message>((message) => runMessageSchema.parse(message)))
  .subscription(async ({ ctx, input, signal }): Promise<AsyncIterable<Message, void>> => {
    const { organisationId, principal } = ctx
    const { stores, accessChanges } = ctx.services
    const messages = await followRun(stores.reader, {
      organisationId,
      runId: input.runId,
      after: input.lastEventId ?? 0,
      signal: signal ? AbortSignal.any([signal, ctx.closing]) : ctx.closing,
      admission: admissionOf(accessChanges, principal, async () => {
        const now = admitted(await ctx.reidentify(), 'run:read')
        if (now.organisation.id !== organisationId) throw unauthenticated()
        const owned = await stores.owners.ofRun(organisationId, input.runId)
        if (!owned || !reaches(now, owned)) throw notFound('run', input.runId)
      }),
    })
    return numbered(messages)
  })

async function* numbered(messages: AsyncGenerator<RunMessage, void>): AsyncGenerator<Message, void> {
  for await (const message of messages) {
    yield message.kind === 'event' ? tracked(String(message.event.seq), message) : message
  }
}
