import { TRPCClientError } from '@trpc/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunEventBody, RunMessage } from '#graph'
import { type PressroomClient, createPressroomClient } from '../client.ts'
import { finished, said } from '../testing/events.ts'
import { type Harness, brief, owner, testApi } from '../testing/harness.ts'

let api: Harness
let url: string
let cookie: string
let client: PressroomClient
/** Readers that follow a run right now. */
let watching = 0
let onUnwatch = () => {}

beforeAll(async () => {
  api = await testApi(({ stores }) => ({
    stores: {
      ...stores,
      reader: {
        ...stores.reader,
        watch(runId, onChange) {
          watching += 1
          const unwatch = stores.reader.watch(runId, onChange)
          return () => {
            watching -= 1
            unwatch()
            onUnwatch()
          }
        },
      },
    },
  }))
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
  url = await api.listen('127.0.0.1', 0)
  client = createPressroomClient({ url, cookie })
})
afterAll(() => api.close())

async function startRun(): Promise<string> {
  const started = await client.runs.start.mutate({ target: { template: 'zine-swarm' }, input: { brief } })
  return started.runId
}

async function append(runId: string, ...events: RunEventBody[]): Promise<void> {
  const transition = {
    organisationId: 'default',
    runId,
    stepIds: [],
    wantReady: 0,
    apply: () => ({ events }),
  }
  const [verdict] = await api.store.runs.transact([transition])
  expect(verdict).toEqual({ status: 'fulfilled', value: undefined })
}

/** Follows a run as a program does. `until` resolves as soon as what was received satisfies it. */
function follow(runId: string, lastEventId?: number, from = client) {
  const received: RunMessage[] = []
  const ids: string[] = []
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => {})
  const waiting = new Set<() => void>()
  const subscription = from.runs.events.subscribe(
    { runId, lastEventId },
    {
      onData(message) {
        if ('id' in message) ids.push(message.id)
        received.push('id' in message ? message.data : message)
        for (const check of waiting) check()
      },
      onError: (error) => ended.reject(error),
      onComplete: () => ended.resolve(),
    },
  )
  const numbers = () => received.flatMap((each) => (each.kind === 'event' ? each.event.seq : []))
  const until = (satisfied: () => boolean) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const check = () => satisfied() && resolve()
    waiting.add(check)
    ended.promise.then(() => reject(new Error('the stream ended before')), reject)
    check()
    return promise.finally(() => waiting.delete(check))
  }
  const leave = () => subscription.unsubscribe()
  return { received, ids, numbers, until, ended: ended.promise, leave }
}

it('sends the whole log, what is added while it is followed, and ends with the run', async () => {
  const runId = await startRun()
  await append(runId, said('a'))
  const run = follow(runId)
  await run.until(() => run.numbers().length === 2)
  await append(runId, said('b'), said('c'))
  await run.until(() => run.numbers().length === 4)
  await append(runId, finished)
  await run.ended
  expect(run.numbers()).toEqual([1, 2, 3, 4, 5])
  expect(run.ids).toEqual(['1', '2', '3', '4', '5'])
})

it('gives a reader that comes back exactly the events that it missed', async () => {
  const runId = await startRun()
  await append(runId, said('a'), said('b'), said('c'), finished)
  const whole = follow(runId)
  await whole.ended
  for (const seen of [1, 3, 4]) {
    const rest = follow(runId, seen)
    await rest.ended
    expect(rest.received).toEqual(whole.received.slice(seen))
  }
})

it('goes on where it was when the connection breaks, by itself', async () => {
  const runId = await startRun()
  const run = follow(runId)
  await run.until(() => run.numbers().length === 1)
  api.app.server.closeAllConnections()
  await append(runId, said('while away'), finished)
  await run.ended
  expect(run.numbers()).toEqual([1, 2, 3])
})

it('sends texts as they are written, beside the log', async () => {
  const runId = await startRun()
  const step = await api.store.withOrganisation('default', (tx) =>
    tx.step.findFirstOrThrow({ where: { runId } }),
  )
  await api.store.withOrganisation('default', (tx) =>
    tx.step.update({ where: { id: step.id }, data: { status: 'running' } }),
  )
  const chunk = { stepId: step.id, callId: 'call', purpose: 'First draft' }
  const run = follow(runId)
  const text = () =>
    run.received
      .flatMap((each) => (each.kind === 'stream' ? each.chunks : []))
      .map((c) => c.text)
      .join('')
  await api.store.runs.appendStream('default', runId, { ...chunk, offset: 0, text: 'Tea ' })
  await run.until(() => text() === 'Tea ')
  await api.store.runs.appendStream('default', runId, { ...chunk, offset: 4, text: 'is good' })
  await run.until(() => text() === 'Tea is good')
  await append(runId, finished)
  await run.ended
  expect(run.ids).toEqual(['1', '2'])
})

it('stops reading for a client that left', async () => {
  const runId = await startRun()
  const run = follow(runId)
  await run.until(() => run.numbers().length === 1)
  expect(watching).toBe(1)
  const gone = new Promise<void>((resolve) => (onUnwatch = resolve))
  run.leave()
  await gone
  expect(watching).toBe(0)
})

it('refuses a run that is not there and a reader who is not signed in, with the failure', async () => {
  const missing = follow('never-was')
  await expect(missing.ended).rejects.toMatchObject({
    data: { httpStatus: 404, failure: { code: 'not_found.run' } },
  })
  const stranger = follow(await startRun(), undefined, createPressroomClient({ url }))
  const refused = await stranger.ended.catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(TRPCClientError)
  expect(refused).toMatchObject({ data: { httpStatus: 401, failure: { code: 'auth.unauthenticated' } } })
})

it('breaks streams off when the server closes, so that clients come back to the next one', async () => {
  const closing = await testApi()
  await closing.call('setup.create', { method: 'POST', input: owner })
  const headers = { cookie: await closing.signIn(), accept: 'text/event-stream' }
  const input = { target: { template: 'zine-swarm' }, input: { brief } }
  const started = await closing.call('runs.start', { method: 'POST', cookie: headers.cookie, input })
  const { runId } = (started.body as { result: { data: { runId: string } } }).result.data
  const address = await closing.listen('127.0.0.1', 0)
  const query = encodeURIComponent(JSON.stringify({ runId }))
  const response = await fetch(`${address}/trpc/runs.events?input=${query}`, { headers })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('run.started')) text += (await reader?.read())?.value ?? ''
  const before = performance.now()
  const closed = closing.close()
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) text += read.value
  await closed
  // Node's keep-alive time-out, which an idle connection would hold the server up for, is 5 s.
  expect(performance.now() - before).toBeLessThan(4_000)
  expect(text).toContain('event: connected')
  expect(text).not.toMatch(/event: (return|serialized-error)/)
})
