import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runRecordSchema } from '#graph'
import { type OllamaStandIn, startOllamaStandIn } from './ollama-stand-in/server.ts'
import { dataFolder, pressroom, startServer } from './support/pressroom.ts'
import { type Client, eventsOf, signedIn } from './support/signed-in.ts'

const TEMPLATE = 'linkedin-post-swarm'
const BRIEF = join(import.meta.dirname, '..', 'templates', TEMPLATE, 'brief.json')

let data: Awaited<ReturnType<typeof dataFolder>>
let ollama: OllamaStandIn
beforeEach(async () => {
  data = await dataFolder()
  ollama = await startOllamaStandIn()
})
afterEach(async () => {
  await ollama.close()
  await data.remove()
})

const start = async (client: Client) => {
  const brief = JSON.parse(await readFile(BRIEF, 'utf8'))
  return client.runs.start.mutate({ target: { template: TEMPLATE }, input: { brief } })
}

const recordOf = async (runId: string) => {
  const { stdout } = await pressroom(['runs', 'show', runId, '--json'], data.path)
  return runRecordSchema.parse(JSON.parse(stdout))
}

describe('kill -9 in the middle of a run', () => {
  test('the run goes on after the next start, no finished step or model call is made again, and events have no gap', async () => {
    const environment = { OLLAMA_HOST: ollama.url }
    const first = await startServer(data.path, environment)
    const client = await signedIn(first.url)
    const { runId } = await start(client)
    // The next calls hang, so the kill comes while one is under way.
    await ollama.until(({ finished }) => finished >= 5)
    ollama.setFault('hang-after-first-chunk')
    const { calls } = ollama.counters
    await ollama.until((counters) => counters.calls > calls)
    await first.kill()

    const before = await recordOf(runId)
    expect(before.status).toBe('running')
    const finishedBefore = before.steps.filter((step) => step.status === 'succeeded')
    expect(finishedBefore.length).toBeGreaterThan(0)
    const recorded = before.events.filter(({ body }) => body.type === 'call.finished').length
    expect(recorded).toBeGreaterThanOrEqual(5)

    ollama.setFault('none')
    const callsBefore = ollama.counters.calls
    const second = await startServer(data.path, environment)
    try {
      const again = await signedIn(second.url)
      const events = await eventsOf(again, runId).ended
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    } finally {
      await second.stop()
    }

    const after = await recordOf(runId)
    expect(after.status).toBe('succeeded')
    expect(after.drafts).toHaveLength(after.plan.drafts)
    const succeeded = after.events.flatMap(({ body }) =>
      body.type === 'step.succeeded' ? [body.stepId] : [],
    )
    expect(new Set(succeeded).size).toBe(succeeded.length)
    for (const step of finishedBefore) {
      expect(after.steps.find(({ id }) => id === step.id)).toEqual(step)
    }
    const allCalls = after.events.filter(({ body }) => body.type === 'call.finished').length
    expect(ollama.counters.calls - callsBefore).toBe(allCalls - recorded)
  })

  test('a graceful stop gives the running steps back, and the next start goes on with them at once', async () => {
    const environment = { OLLAMA_HOST: ollama.url }
    const first = await startServer(data.path, environment)
    const { runId } = await start(await signedIn(first.url))
    await ollama.until(({ finished }) => finished >= 3)
    ollama.setFault('hang-before-first-chunk')
    const { calls } = ollama.counters
    await ollama.until((counters) => counters.calls > calls)
    expect(await first.stop()).toBe(0)
    await ollama.until(({ aborted }) => aborted > 0)

    const stopped = await recordOf(runId)
    expect(stopped.status).toBe('running')
    expect(stopped.steps.filter((step) => step.status === 'running')).toEqual([])

    ollama.setFault('none')
    const second = await startServer(data.path, environment)
    try {
      await eventsOf(await signedIn(second.url), runId).ended
    } finally {
      await second.stop()
    }
    const record = await recordOf(runId)
    expect(record.status).toBe('succeeded')
    expect(record.steps.flatMap((step) => step.attempts).every(({ failure }) => failure === null)).toBe(true)
  })
})

describe('kill -9 of Postgres in the middle of a run', () => {
  test('the server brings it back, and the run finishes with no recorded model call made again', async () => {
    ollama.setFault('slow')
    const server = await startServer(data.path, { OLLAMA_HOST: ollama.url })
    try {
      const client = await signedIn(server.url)
      const { runId } = await start(client)
      await ollama.until(({ finished }) => finished >= 2)
      const file = join(data.path, 'postgres', 'cluster', 'postmaster.pid')
      process.kill(Number((await readFile(file, 'utf8')).split('\n')[0]), 'SIGKILL')
      ollama.setFault('none')
      await expect
        .poll(async () => client.runs.get.query({ id: runId }).catch(() => null), {
          timeout: 60_000,
          interval: 250,
        })
        .toMatchObject({ status: 'succeeded' })
      const { events } = await client.runs.record.query({ id: runId })
      const calls = events.flatMap(({ body }) => (body.type === 'call.finished' ? [body.callId] : []))
      expect(new Set(calls).size).toBe(calls.length)
      expect(ollama.counters.calls).toBe(calls.length)
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    } finally {
      await server.stop()
    }
  })
})

describe('the event stream', () => {
  test('a client that comes back with the number of its last event gets exactly the rest', async () => {
    const server = await startServer(data.path, { OLLAMA_HOST: ollama.url })
    try {
      const client = await signedIn(server.url)
      const { runId } = await start(client)
      const all = await eventsOf(client, runId).ended
      const rest = await eventsOf(client, runId, '7').ended
      expect(rest).toEqual(all.slice(7))
    } finally {
      await server.stop()
    }
  })

  test('cancel stops the call in flight, starts nothing more and ends the run as cancelled', async () => {
    const server = await startServer(data.path, { OLLAMA_HOST: ollama.url })
    try {
      const client = await signedIn(server.url)
      ollama.setFault('hang-after-first-chunk')
      const { runId } = await start(client)
      await ollama.until(({ calls }) => calls > 0)
      const { calls } = ollama.counters
      await client.runs.cancel.mutate({ id: runId })
      await ollama.until(({ aborted }) => aborted > 0)
      const events = await eventsOf(client, runId).ended
      expect(events.at(-1)?.type).toBe('run.finished')
      expect((await client.runs.get.query({ id: runId })).status).toBe('cancelled')
      expect(ollama.counters.calls).toBe(calls)
    } finally {
      await server.stop()
    }
  })
})
