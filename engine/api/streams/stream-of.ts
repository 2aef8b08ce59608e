import { type TrackedEnvelope, isTrackedEnvelope, tracked } from '@trpc/server'
import { z } from 'zod'
import { toTrpcError } from '../errors.ts'
import { isCutOff } from './cut-off.ts'

type Plain<Yield> = Yield extends TrackedEnvelope<infer Data> ? Data : Yield

const isAsyncIterable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** The output schema of a subscription: every message is checked as it leaves, and errors get their codes. */
export function streamOf<Yield>(check: (message: Plain<Yield>) => Plain<Yield>) {
  return z
    .custom<AsyncIterable<Yield, void>>(isAsyncIterable)
    .transform((messages) => readAhead(checkedAll(messages, check)))
}

async function* checkedAll<Yield>(
  messages: AsyncIterable<Yield, void>,
  check: (message: Plain<Yield>) => Plain<Yield>,
): AsyncGenerator<Yield, void> {
  try {
    for await (const message of messages) yield checked(message, check)
  } catch (error) {
    throw isCutOff(error) ? error : toTrpcError(error)
  }
}

/**
 * tRPC asks for the next message before it hands on the last one. When the reader leaves in between, nobody waits for
 * that answer any more, and a refusal that nobody hears would end the process.
 */
function readAhead<Yield>(messages: AsyncGenerator<Yield, void>): AsyncGenerator<Yield, void> {
  const next = messages.next.bind(messages)
  messages.next = () => {
    const answer = next()
    answer.catch(() => {})
    return answer
  }
  return messages
}

function checked<Yield>(message: Yield, check: (message: Plain<Yield>) => Plain<Yield>): Yield {
  if (!isTrackedEnvelope(message)) return check(message as Plain<Yield>) as Yield
  const [id, data] = message
  return tracked(id, check(data as Plain<Yield>)) as Yield
}
