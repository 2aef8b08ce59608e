import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OllamaStandIn, startOllamaStandIn } from './ollama-stand-in/server.ts'
import { type Server, dataFolder, pressroom, startServer } from './support/pressroom.ts'
import { type Client, eventsOf, signedIn } from './support/signed-in.ts'

const TEMPLATE = 'linkedin-post-swarm'
const BRIEF = join(import.meta.dirname, '..', 'templates', TEMPLATE, 'brief.json')

let data: Awaited<ReturnType<typeof dataFolder>>
let ollama: OllamaStandIn
let server: Server
beforeEach(async () => {
  data = await dataFolder()
  ollama = await startOllamaStandIn()
  server = await startServer(data.path, { OLLAMA_HOST: ollama.url })
})
afterEach(async () => {
  await server.stop()
  await ollama.close()
  await data.remove()
})

const start = async (client: Client) => {
  const brief = JSON.parse(await readFile(BRIEF, 'utf8'))
  return client.runs.start.mutate({ target: { template: TEMPLATE }, input: { brief } })
}

test('pause lets the call in flight finish and starts none; resume goes on after a restart too, and repeats no call', async () => {
  const client = await signedIn(server.url)
  ollama.setFault('slow')
  const { runId } = await start(client)
  await ollama.until(({ finished }) => finished >= 2)
  await client.runs.pause.mutate({ id: runId })
  const recordOf = async (of: Client) => of.runs.record.query({ id: runId })
  await expect
    .poll(async () => (await recordOf(client)).steps.filter(({ status }) => status === 'running'))
    .toEqual([])
  const paused = await recordOf(client)
  expect(paused.status).toBe('paused')
  const { calls, finished } = ollama.counters
  expect([calls, ollama.counters.aborted]).toEqual([finished, 0])
  const at = paused.events.findIndex(({ body }) => body.type === 'run.paused')
  expect(paused.events.slice(at).map(({ body }) => body.type)).not.toContain('step.started')

  await server.kill()
  server = await startServer(data.path, { OLLAMA_HOST: ollama.url })
  const again = await signedIn(server.url)
  expect((await recordOf(again)).events).toEqual(paused.events)
  expect(ollama.counters.calls).toBe(calls)

  ollama.setFault('none')
  const resumed = await pressroom(['runs', 'resume', runId], data.path)
  expect(resumed.stdout).toBe(`${runId}: running\n`)
  await eventsOf(again, runId).ended
  const { status, events } = await recordOf(again)
  expect(status).toBe('succeeded')
  const recorded = events.filter(({ body }) => body.type === 'call.finished')
  expect(ollama.counters.calls).toBe(recorded.length)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
})

test('a paused run can be cancelled, from the command line too', async () => {
  const client = await signedIn(server.url)
  ollama.setFault('hang-after-first-chunk')
  const { runId } = await start(client)
  await ollama.until(({ calls }) => calls > 0)
  expect((await pressroom(['runs', 'pause', runId], data.path)).stdout).toBe(`${runId}: paused\n`)
  const before = performance.now()
  await client.runs.cancel.mutate({ id: runId })
  await ollama.until(({ aborted }) => aborted > 0)
  expect(performance.now() - before).toBeLessThan(1_000)
  await expect.poll(async () => (await client.runs.get.query({ id: runId })).status).toBe('cancelled')
})
