import { describe, expect, it } from 'vitest'
import type { RunEvent, RunEventBody, RunMessage, StreamChunk } from '#graph'
import type { RunReader } from '#run/interfaces.ts'
import { finished, said } from '../testing/events.ts'
import { type Following, followRun } from './follow.ts'

/** A log in memory whose notifications the test sends by hand. */
function log() {
  const events: RunEvent[] = []
  const texts = new Map<string, string>()
  const watchers = new Set<() => void>()
  const reads: number[] = []
  const reader: Pick<RunReader, 'events' | 'streams' | 'watch'> = {
    async events(_organisationId, _runId, after, limit) {
      reads.push(after)
      return events.filter(({ seq }) => seq > after).slice(0, limit)
    },
    async streams() {
      return [...texts].map(([callId, text]): StreamChunk => ({
        stepId: 's',
        callId,
        purpose: '',
        offset: 0,
        text,
      }))
    },
    watch(_runId, onChange) {
      watchers.add(onChange)
      return () => watchers.delete(onChange)
    },
  }
  const append = (...bodies: RunEventBody[]) => {
    for (const body of bodies) events.push({ seq: events.length + 1, at: '', body })
  }
  return { reader, reads, watchers, texts, append, notify: () => watchers.forEach((watcher) => watcher()) }
}

const following = (change: Partial<Following> = {}): Following => ({
  organisationId: 'acme',
  runId: 'r',
  after: 0,
  signal: new AbortController().signal,
  admission: { admit: async () => {}, watch: () => () => {} },
  ...change,
})

async function all(run: AsyncIterable<RunMessage>): Promise<RunMessage[]> {
  const messages: RunMessage[] = []
  for await (const message of run) messages.push(message)
  return messages
}

const numbers = (messages: RunMessage[]) =>
  messages.flatMap((each) => (each.kind === 'event' ? each.event.seq : []))
const next = async (run: AsyncGenerator<RunMessage, void>) => (await run.next()).value
const tails = (message: RunMessage | void) =>
  message?.kind === 'stream' && message.chunks.map((c) => [c.offset, c.text])

describe('following a run', () => {
  it('sends every event once, in order and without a gap, over many reads, and then ends', async () => {
    const { reader, append, watchers } = log()
    append(...Array.from({ length: 450 }, (_, i) => said(String(i))), finished)
    const messages = await all(await followRun(reader, following()))
    expect(numbers(messages)).toEqual(Array.from({ length: 451 }, (_, i) => i + 1))
    expect(watchers.size).toBe(0)
  })

  it('goes on from any number', async () => {
    const { reader, append } = log()
    append(said('a'), said('b'), said('c'), finished)
    for (const after of [0, 1, 2, 3]) {
      const messages = await all(await followRun(reader, following({ after })))
      expect(numbers(messages)).toEqual([1, 2, 3, 4].slice(after))
    }
  })

  it('ends at once for a reader that has the last event', async () => {
    const { reader, append } = log()
    append(said('a'), finished)
    expect(await all(await followRun(reader, following({ after: 2 })))).toEqual([])
  })

  it('refuses a number that the log has not reached', async () => {
    const { reader, append } = log()
    append(said('a'))
    await expect(followRun(reader, following({ after: 2 }))).rejects.toThrow('no event 2')
  })

  it('misses nothing that was written between its read and its sleep', async () => {
    const { reader, append, notify } = log()
    append(said('a'))
    const read = reader.streams
    reader.streams = async (...args) => {
      reader.streams = read
      append(finished)
      notify()
      return read(...args)
    }
    const messages = await all(await followRun(reader, following()))
    expect(numbers(messages)).toEqual([1, 2])
  })

  it('reads nothing ahead of what is taken', async () => {
    const { reader, reads, append } = log()
    append(...Array.from({ length: 250 }, (_, i) => said(String(i))), finished)
    const run = await followRun(reader, following())
    await next(run)
    expect(reads.slice(1)).toEqual([0])
    await run.return()
  })

  it('sends what was added to each text, and a text that was begun anew from its beginning', async () => {
    const { reader, texts, notify } = log()
    const run = await followRun(reader, following())
    texts.set('one', 'Tea').set('two', 'Milk')
    expect(tails(await next(run))).toEqual([
      [0, 'Tea'],
      [0, 'Milk'],
    ])
    texts.set('one', 'Tea is')
    const second = next(run)
    notify()
    expect(tails(await second)).toEqual([[3, ' is']])
    texts.set('one', 'Coffee')
    const third = next(run)
    notify()
    expect(tails(await third)).toEqual([[0, 'Coffee']])
    await run.return()
  })

  it('sends whole texts to a reader that comes back', async () => {
    const { reader, texts, append } = log()
    append(said('a'))
    texts.set('one', 'Tea is good')
    const run = await followRun(reader, following({ after: 1 }))
    expect(tails(await next(run))).toEqual([[0, 'Tea is good']])
    await run.return()
  })

  it('breaks off, rather than ending, when its reader leaves or the server closes', async () => {
    const { reader, watchers } = log()
    const leaving = new AbortController()
    const run = await followRun(reader, following({ signal: leaving.signal }))
    const end = run.next()
    leaving.abort()
    await expect(end).rejects.toMatchObject({ name: 'AbortError' })
    expect(watchers.size).toBe(0)
  })

  it('stops as soon as its reader may not go on, though the run itself is silent', async () => {
    const { reader, append, watchers } = log()
    append(said('a'))
    let allowed = true
    let changed = () => {}
    let watched = true
    const admission: Following['admission'] = {
      async admit() {
        if (!allowed) throw new Error('signed out')
      },
      watch(onChange) {
        changed = onChange
        return () => (watched = false)
      },
    }
    const run = await followRun(reader, following({ admission }))
    await next(run)
    const refused = run.next()
    allowed = false
    append(said('secret'))
    changed()
    await expect(refused).rejects.toThrow('signed out')
    expect(watchers.size).toBe(0)
    expect(watched).toBe(false)
  })
})
