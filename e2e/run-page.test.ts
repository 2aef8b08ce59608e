import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Flow } from '#graph'
import { openStore } from '#store'
import { type OllamaStandIn, startOllamaStandIn } from './ollama-stand-in/server.ts'
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, signedIn } from './support/signed-in.ts'
import { checked, signIn } from './support/studio.ts'

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

const brief = { topic: 'Tea', audience: 'Cooks', goal: 'Sell', keyPoints: ['Fresh'], tone: 'casual' as const }

/** A brief and one node that works on it. */
function flow(
  type: string,
  config: Flow['nodes'][number]['config'],
  limits: Partial<Flow['limits']> = {},
): Flow {
  const place = { version: 1, position: { x: 0, y: 0 } }
  return {
    schemaVersion: 1,
    name: 'One step',
    description: '',
    nodes: [
      { id: 'brief', type: 'brief', ...place, config: { contentType: 'blog-post' } },
      { id: 'work', type, ...place, config },
    ],
    edges: [{ id: 'a', source: { node: 'brief', port: 'brief' }, target: { node: 'work', port: 'input' } }],
    notes: [],
    groups: [],
    subflows: [],
    limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5, ...limits },
  }
}

async function start(client: Client, document: Flow): Promise<string> {
  const { id: flowId } = await client.flows.import.mutate({ document })
  return (await client.runs.start.mutate({ target: { flowId }, input: { brief } })).runId
}

const statusOf = (client: Client, id: string) => async () => (await client.runs.get.query({ id })).status

/** As the owner of the tables; for what no node or no patience of a test brings about. */
async function inDatabase(sql: string, values: unknown[]): Promise<void> {
  const store = await openStore({ dataDir: data.path, mode: 'join' })
  const admin = new pg.Client(store.database.adminUrl)
  await admin.connect()
  await admin.query(sql, values)
  await admin.end()
  await store.close()
}

/** A step of a node that acts outside, once, whose machine went away in the middle of its work. */
async function inDoubt(): Promise<{ client: Client; runId: string }> {
  const client = await signedIn(server.url)
  ollama.setFault('hang-after-first-chunk')
  const runId = await start(client, flow('local-model', { prompt: 'Publish {{ input.topic }}' }))
  await ollama.until(({ calls }) => calls > 0)
  await server.kill()
  await inDatabase(
    `UPDATE runs SET snapshot = jsonb_set(snapshot, '{manifests,local-model@1,effect}', '"once"') WHERE id = $1`,
    [runId],
  )
  ollama.setFault('none')
  server = await startServer(data.path, { OLLAMA_HOST: ollama.url })
  const again = await signedIn(server.url)
  await expect.poll(statusOf(again, runId), { timeout: 30_000 }).toBe('waiting')
  return { client: again, runId }
}

test('a step in doubt is never repeated by itself; counted as failed, it ends its run saying so', async () => {
  const { client, runId } = await inDoubt()
  const { calls } = ollama.counters
  const [wait] = await client.runs.waits.query({ id: runId })
  expect(wait).toMatchObject({ kind: 'decision', until: null })
  const decision = { id: runId, stepId: wait?.stepId ?? '', decision: 'fail' as const }
  expect(await client.runs.decide.mutate(decision)).toEqual({ taken: true })
  await expect.poll(statusOf(client, runId)).toBe('failed')
  expect(await client.runs.get.query({ id: runId })).toMatchObject({ failure: { code: 'step.uncertain' } })
  expect(await client.runs.decide.mutate(decision)).toEqual({ taken: false })
  expect(ollama.counters.calls).toBe(calls)
})

test('a run that is not over when its time is up ends as failed, whatever it waits for', async () => {
  const client = await signedIn(server.url)
  const runId = await start(client, flow('callback', {}, { timeoutMinutes: 1 }))
  await expect.poll(statusOf(client, runId)).toBe('waiting')
  await inDatabase('UPDATE runs SET deadline_at = now() WHERE id = $1', [runId])
  await expect.poll(statusOf(client, runId), { timeout: 10_000 }).toBe('failed')
  const { failure } = await client.runs.get.query({ id: runId })
  expect(failure?.code).toBe('limit.run_time')
  expect(await client.runs.waits.query({ id: runId })).toEqual([])
})

describe.skipIf(!hasChromium())('in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  test('the run page says what is in doubt and takes the decision, and shows where a call is waited for', async () => {
    const { client, runId } = await inDoubt()
    const browser = await launch()
    try {
      const { page, context, complaints } = await openPage(browser)
      await signIn(context, server.url)
      await page.goto(`${server.url}/runs/${runId}`)
      await page.getByRole('button', { name: /Local model/ }).click()
      const panel = page.locator('ion-modal').filter({ visible: true })
      await panel.getByText('Waits for a decision').waitFor()
      await checked(page, 'run-in-doubt')
      await panel.getByRole('button', { name: 'Run it again' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Run it again' }).click()
      await expect.poll(statusOf(client, runId), { timeout: 20_000 }).toBe('succeeded')

      const other = await start(client, flow('callback', {}))
      await expect.poll(statusOf(client, other)).toBe('waiting')
      const [wait] = await client.runs.waits.query({ id: other })
      await page.goto(`${server.url}/runs/${other}`)
      await page.getByRole('button', { name: /Wait for a call/ }).click()
      const address = page.getByRole('textbox', { name: 'The other system calls this address' })
      expect(await address.inputValue()).toBe(wait?.address)
      await checked(page, 'run-callback')
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
