/**
 * Follows a run for one reader: its log from any number on, and the texts that models are writing right now.
 *
 * Boundary: reads through `RunReader` only; knows nothing of HTTP or tRPC.
 * R5, the sender's half: events go out in the order of their numbers, each once, none left out, because each is read from
 * the log after the last one sent. A notification is only a reason to look; a slow poll covers one that was lost.
 * The reader pulls: nothing is read ahead of what it takes, so a slow one costs no memory.
 */
import { PressroomError, type RunEvent, type RunMessage, type StreamChunk } from '#graph'
import type { RunReader } from '#run/interfaces.ts'
import type { Admission } from '../auth/admission.ts'
import { notFound } from '../errors.ts'
import { cutOff } from '../streams/cut-off.ts'
import { Wake } from '../streams/wake.ts'

const POLL_MS = 8_000
const EVENTS_PER_READ = 200

type Log = Pick<RunReader, 'events' | 'streams' | 'watch'>

export interface Following {
  organisationId: string
  runId: string
  /** Number of the last event that the reader has; 0 for none. */
  after: number
  /** Breaks the stream off: the reader left or the server is closing. */
  signal: AbortSignal
  /** Asked at least once per poll, and as soon as it may have changed. */
  admission: Admission
}

/** Rejects before anything is sent when there is no such run or no such event. */
export async function followRun(
  reader: Log,
  following: Following,
): Promise<AsyncGenerator<RunMessage, void>> {
  const { organisationId, runId, after } = following
  const last = await reader.events(organisationId, runId, Math.max(0, after - 1), 1)
  if (!last) throw notFound('run', runId)
  const seen = after === 0 ? undefined : last[0]
  if (after > 0 && !seen) throw unknownEvent(runId, after)
  return seen && isLast(seen) ? nothing() : messages(reader, following)
}

async function* nothing(): AsyncGenerator<RunMessage, void> {}

async function* messages(reader: Log, following: Following): AsyncGenerator<RunMessage, void> {
  const { organisationId, runId, signal } = following
  const wake = new Wake()
  const unwatch = [reader.watch(runId, wake.wake), following.admission.watch(wake.wake)]
  const sent = new Map<string, string>()
  let after = following.after
  try {
    while (!signal.aborted) {
      await following.admission.admit()
      const events = await reader.events(organisationId, runId, after, EVENTS_PER_READ)
      if (!events) throw notFound('run', runId)
      for (const event of events) {
        after = event.seq
        yield { kind: 'event', event }
        if (isLast(event)) return
      }
      if (events.length === EVENTS_PER_READ) continue
      const chunks = newTails(await reader.streams(organisationId, runId), sent)
      if (chunks.length > 0) yield { kind: 'stream', chunks }
      await wake.wait(signal, POLL_MS)
    }
    throw cutOff()
  } finally {
    for (const end of unwatch) end()
  }
}

const isLast = ({ body }: RunEvent): boolean => body.type === 'run.finished'

/** What was added to each text since it was last sent; a text that was begun anew is sent from its beginning. */
function newTails(texts: StreamChunk[], sent: Map<string, string>): StreamChunk[] {
  const writing = new Set(texts.map(({ callId }) => callId))
  for (const callId of sent.keys()) if (!writing.has(callId)) sent.delete(callId)
  return texts.flatMap((whole) => {
    const before = sent.get(whole.callId) ?? ''
    if (whole.text === before) return []
    sent.set(whole.callId, whole.text)
    const offset = whole.text.startsWith(before) ? before.length : 0
    return [{ ...whole, offset, text: whole.text.slice(offset) }]
  })
}

function unknownEvent(runId: string, seq: number): PressroomError {
  return new PressroomError({
    code: 'input.unknown_event',
    message: `The run has no event ${seq} yet.`,
    fix: 'Follow it from the beginning.',
    facts: { runId, seq },
  })
}
