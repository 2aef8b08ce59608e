/**
 * Job: streaming HTTP to one model server, for the `ollama` package as well, which itself knows neither timeouts nor bad
 * lines. Boundary: bytes and errors; what requests and replies mean is the provider's.
 *
 * T0 Only addresses that `mayReach` allows are connected to: what a name resolves to is checked and then connected to.
 * T1 No byte goes to another origin than the configured one; redirects are not followed.
 * T2 Every wait has an end: connecting, the first byte, the pause between bytes; and an abort ends them all at once.
 * T3 With `lines`, a line that is not a JSON object is an error (the package would print it and go on).
 */
import { isIP } from 'node:net'
import type { Ollama } from 'ollama'
import { Pool } from 'undici'
import { PressroomError } from '#graph'
import { addressRefused, guardedLookup } from '../guarded-lookup.ts'
import {
  type ModelFacts,
  cancelled,
  malformed,
  statusFailure,
  streamBroken,
  timedOut,
  unreachable,
} from './errors.ts'

export interface ModelTimeouts {
  connectMs: number
  firstByteMs: number
  idleMs: number
}

export const DEFAULT_TIMEOUTS: ModelTimeouts = { connectMs: 5_000, firstByteMs: 120_000, idleMs: 60_000 }

/** Whether an address (never a name) may be connected to. */
export type MayReach = (address: string) => boolean

export type Fetch = NonNullable<ConstructorParameters<typeof Ollama>[0]>['fetch'] & {}

export interface Exchange {
  signal: AbortSignal
  timeouts: ModelTimeouts
  facts: ModelFacts
  /** The body is one JSON object per line. */
  lines: boolean
}

export interface Transport {
  fetchFor(exchange: Exchange): Fetch
  /** Ends every exchange; a second time does nothing. */
  close(): Promise<void>
}

export function createTransport(base: URL, connectMs: number, mayReach: MayReach): Transport {
  const connect = { timeout: connectMs, lookup: guardedLookup(mayReach) }
  const pool = new Pool(base.origin, { connect, headersTimeout: 0, bodyTimeout: 0 })
  let closed: Promise<void> | null = null
  return {
    close: () => (closed ??= pool.destroy()),
    fetchFor: (exchange) => async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      if (url.origin !== base.origin) throw wrongOrigin(url, exchange.facts) // T1
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) !== 0 && !mayReach(host)) throw addressRefused(host) // T0
      const watch = watchdog(exchange)
      try {
        const response = await pool.request({
          path: `${url.pathname}${url.search}`,
          method: init?.method === 'POST' ? 'POST' : 'GET',
          headers: Object.fromEntries(new Headers(init?.headers)),
          body: typeof init?.body === 'string' ? init.body : null,
          signal: watch.signal,
        })
        const { statusCode: status } = response
        if (status < 200 || status > 299) {
          const body = await response.body.text()
          throw statusFailure({ status, headers: response.headers, body }, exchange.facts)
        }
        return new Response(watched(response.body, watch, exchange), { status })
      } catch (error) {
        watch.stop()
        throw watch.explain(error, unreachable)
      }
    },
  }
}

interface Watchdog {
  signal: AbortSignal
  heard(): void
  stop(): void
  explain(error: unknown, otherwise: (facts: ModelFacts, cause: unknown) => PressroomError): PressroomError
}

function watchdog({ signal, timeouts, facts }: Exchange): Watchdog {
  const controller = new AbortController()
  const give = (ms: number, waitedFor: string) =>
    setTimeout(() => controller.abort(timedOut(facts, waitedFor, ms)), ms)
  let timer = give(timeouts.firstByteMs, 'its first byte')
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    heard() {
      clearTimeout(timer)
      timer = give(timeouts.idleMs, 'more of its reply')
    },
    stop: () => clearTimeout(timer),
    explain(error, otherwise) {
      if (signal.aborted) return cancelled(facts, error)
      const reason: unknown = controller.signal.reason
      if (reason instanceof PressroomError) return reason
      for (let cause = error; cause instanceof Error; cause = cause.cause)
        if (cause instanceof PressroomError) return cause
      return otherwise(facts, error)
    },
  }
}

/**
 * The body, read as it comes, so that the connection is free again even when nobody reads to the end. An error comes
 * after all that arrived before it (an errored stream would drop that).
 */
function watched(
  body: AsyncIterable<Uint8Array>,
  watch: Watchdog,
  exchange: Exchange,
): ReadableStream<Uint8Array> {
  const arrived: Uint8Array[] = []
  const end: { reached: boolean; error: PressroomError | null } = { reached: false, error: null }
  let wake = () => {}
  const pump = async () => {
    try {
      const heard = hearing(body, watch)
      for await (const chunk of exchange.lines ? linesOf(heard, exchange.facts) : heard) {
        arrived.push(chunk)
        wake()
      }
    } catch (error) {
      end.error = watch.explain(error, streamBroken)
    } finally {
      watch.stop()
      end.reached = true
      wake()
    }
  }
  void pump()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (arrived.length === 0 && !end.reached) await new Promise<void>((resolve) => (wake = resolve))
      const chunk = arrived.shift()
      if (chunk) controller.enqueue(chunk)
      else if (end.error) controller.error(end.error)
      else controller.close()
    },
  })
}

async function* hearing(body: AsyncIterable<Uint8Array>, watch: Watchdog): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    watch.heard()
    yield chunk
  }
}

/** Whole lines that are JSON objects (T3). */
async function* linesOf(body: AsyncIterable<Uint8Array>, facts: ModelFacts): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.trim() === '') continue
      if (!isObject(line)) throw malformed(facts, line, undefined)
      yield encoder.encode(`${line}\n`)
    }
  }
  if (rest.trim() === '') return
  if (!isObject(rest)) throw streamBroken(facts, new Error('It ended in the middle of a line.'))
  yield encoder.encode(rest)
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

const wrongOrigin = (url: URL, facts: ModelFacts): PressroomError =>
  new PressroomError({
    code: 'destination.refused',
    message: `A model call wanted to go to ${url.origin}, which is not the configured model server.`,
    fix: 'Check the address of the model server.',
    facts: { ...facts, wanted: url.origin },
  })
