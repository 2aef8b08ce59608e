/** Asks a server at a steady rate, whatever it takes to answer, and holds event streams open beside that. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'

const TICK_MS = 10
const CONNECTIONS = 64
const READ_TIMEOUT_MS = 10_000

export interface Caller {
  url: string
  headers: Record<string, string>
}

export const pathOf = (procedure: string, input?: unknown): string =>
  `/trpc/${procedure}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`}`

export interface Reads {
  /** From the time at which each was due, so that a server that falls behind shows. */
  latenciesMs: number[]
  errors: string[]
}

/** `next` names the path and the caller of the n-th request. */
export async function readSteadily(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  next: (count: number) => { caller: Caller; path: string },
): Promise<Reads> {
  const dispatcher = new Agent({
    connections: CONNECTIONS,
    bodyTimeout: READ_TIMEOUT_MS,
    headersTimeout: READ_TIMEOUT_MS,
  })
  const result: Reads = { latenciesMs: [], errors: [] }
  const open = new Set<Promise<void>>()
  const started = performance.now()
  const total = perSecond * seconds

  async function read(count: number): Promise<void> {
    const due = started + (count * 1_000) / perSecond
    const { caller, path } = next(count)
    try {
      const { statusCode, body } = await request(new URL(path, caller.url), {
        headers: caller.headers,
        dispatcher,
      })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`${statusCode}: ${text.slice(0, 300)}`)
      result.latenciesMs.push(performance.now() - due)
    } catch (error) {
      result.errors.push(`${path}: ${String(error)}`)
    }
  }

  for (let count = 0; count < total;) {
    const dueBy = Math.min(total, ((performance.now() - started) * perSecond) / 1_000)
    for (; count < dueBy; count++) {
      const reading = read(count).finally(() => open.delete(reading))
      open.add(reading)
    }
    await sleep(TICK_MS)
  }
  await Promise.all(open)
  await dispatcher.close()
  return result
}

export interface Stream {
  /** Numbers of the events, as they came. */
  seen: number[]
  error: string | null
  close(): void
}

/** The events of a run, as a browser reads them. Resolves once the answer has begun. */
export async function follow({ url, headers }: Caller, runId: string, dispatcher: Agent): Promise<Stream> {
  const abort = new AbortController()
  const stream: Stream = { seen: [], error: null, close: () => abort.abort() }
  const { statusCode, body } = await request(new URL(pathOf('runs.events', { runId }), url), {
    headers: { ...headers, accept: 'text/event-stream' },
    dispatcher,
    signal: abort.signal,
  })
  if (statusCode !== 200) throw new Error(`a stream answered ${statusCode}: ${await body.text()}`)
  const reading = async () => {
    let rest = ''
    for await (const chunk of body) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line.startsWith('id: ')) stream.seen.push(Number(line.slice('id: '.length)))
        if (line.startsWith('event: serialized-error')) stream.error = 'the stream told of an error'
      }
    }
    stream.error ??= 'the stream ended'
  }
  reading().catch((error: unknown) => {
    if (!abort.signal.aborted) stream.error = String(error)
  })
  return stream
}
