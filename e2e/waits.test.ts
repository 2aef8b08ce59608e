import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Flow } from '#graph'
import { dataFolder, type Server, startServer } from './support/pressroom.ts'
import { type Client, signedIn } from './support/signed-in.ts'

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
beforeEach(async () => {
  data = await dataFolder()
  server = await startServer(data.path)
})
afterEach(async () => {
  await server.stop()
  await data.remove()
})

const brief = { topic: 'Tea', audience: 'Cooks', goal: 'Sell', keyPoints: ['Fresh'], tone: 'casual' as const }

/** A brief, then these nodes one after the other, each fed by the first output of the one before. */
function chain(nodes: [type: string, config: Flow['nodes'][number]['config'], out: string][]): Flow {
  const all: typeof nodes = [['brief', { contentType: 'blog-post' }, 'brief'], ...nodes]
  return {
    schemaVersion: 1,
    name: 'Waits',
    description: '',
    nodes: all.map(([type, config], index) => {
      return { id: `n${index}`, type, version: 1, position: { x: index * 200, y: 0 }, config }
    }),
    edges: nodes.map((_, index) => ({
      id: `e${index}`,
      source: { node: `n${index}`, port: all[index]?.[2] ?? '' },
      target: { node: `n${index + 1}`, port: 'input' },
    })),
    notes: [],
    groups: [],
    subflows: [],
    limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  }
}

async function start(client: Client, flow: Flow): Promise<string> {
  const { id: flowId } = await client.flows.import.mutate({ document: flow })
  return (await client.runs.start.mutate({ target: { flowId }, input: { brief } })).runId
}

const statusOf = (client: Client, id: string) => async () => (await client.runs.get.query({ id })).status

async function restartedByForce(): Promise<Client> {
  await server.kill()
  server = await startServer(data.path)
  return signedIn(server.url)
}

test('a step that waits for a call outlives a kill -9 and goes on with what is sent to the address that the run shows', async () => {
  const client = await signedIn(server.url)
  const runId = await start(
    client,
    chain([
      ['callback', {}, 'answer'],
      ['template-text', { text: 'Paid: {{ input.paid }}' }, 'text'],
    ]),
  )
  await expect.poll(statusOf(client, runId)).toBe('waiting')
  const [before] = await client.runs.waits.query({ id: runId })
  const again = await restartedByForce()
  expect((await again.runs.get.query({ id: runId })).status).toBe('waiting')
  const [after] = await again.runs.waits.query({ id: runId })
  const tokenOf = (address = '') => address.split('/').at(-1)
  expect(tokenOf(after?.address ?? '')).toBe(tokenOf(before?.address ?? ''))

  const body = JSON.stringify({ paid: 'yes' })
  const call = () =>
    fetch(`${server.url}/api/callbacks/${tokenOf(after?.address ?? '')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  expect([(await call()).status, (await call()).status]).toEqual([202, 202])
  await expect.poll(statusOf(again, runId)).toBe('succeeded')
  const { outputs, steps } = await again.runs.record.query({ id: runId })
  expect(outputs.map(({ value }) => value)).toEqual(['Paid: yes'])
  expect(steps.map(({ status, attempt }) => [status, attempt])).toEqual([
    ['succeeded', 1],
    ['succeeded', 2],
    ['succeeded', 1],
  ])
})

test('a timer that came due while nothing was running goes on as soon as something is', async () => {
  const client = await signedIn(server.url)
  const runId = await start(
    client,
    chain([
      ['delay', { amount: 3, unit: 'seconds' }, 'out'],
      ['template-text', { text: 'After: {{ input.topic }}' }, 'text'],
    ]),
  )
  await expect.poll(statusOf(client, runId)).toBe('waiting')
  const again = await restartedByForce()
  await expect.poll(statusOf(again, runId)).toBe('succeeded')
  const { events, outputs } = await again.runs.record.query({ id: runId })
  expect(outputs.map(({ value }) => value)).toEqual(['After: Tea'])
  const at = (type: string) => Date.parse(events.find(({ body }) => body.type === type)?.at ?? '')
  expect(at('step.resumed') - at('step.waiting')).toBeGreaterThanOrEqual(3_000)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
})
