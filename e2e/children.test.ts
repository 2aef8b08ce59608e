import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type NodeSketch, flowOfNodes } from '../engine/run/children/testing.ts'
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, signedIn } from './support/signed-in.ts'
import { checked, node, openCanvas, seen, signIn } from './support/studio.ts'

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let client: Client
beforeEach(async () => {
  data = await dataFolder()
  server = await startServer(data.path)
  client = await signedIn(server.url)
})
afterEach(async () => {
  await server.stop()
  await data.remove()
})

const filled = {
  topic: '{{ item.title }}',
  audience: 'Cooks',
  goal: 'Sell {{ item.title }}',
  keyPoints: ['{{ item.points }}'],
  tone: 'casual',
}
const products = ['Green tea', 'Black tea', 'Oolong', 'White tea', 'Mint'].map((title) => {
  return { title, points: ['Fresh', 'Organic'] }
})

async function published(name: string, nodes: NodeSketch[]): Promise<string> {
  const { id } = await client.flows.import.mutate({ document: flowOfNodes(name, nodes) })
  await client.flows.publish.mutate({ id })
  return id
}

/** A draft, held for a while, so that something is under way when it matters. */
const post = (seconds: number) =>
  published('LinkedIn post', [
    { type: 'brief', config: { contentType: 'linkedin-post' } },
    { type: 'writer', config: { agents: [{ agent: 'creative' }] } },
    { type: 'delay', config: { amount: seconds, unit: 'seconds' } },
  ])

/** One after the other of a product list, two at a time. */
const campaign = (flow: string) =>
  published('Campaign', [{ type: 'input' }, { type: 'map', config: { flow, brief: filled, parallel: 2 } }])

const start = async (flowId: string, value: unknown) =>
  (await client.runs.start.mutate({ target: { flowId }, input: { value } })).runId

const statusOf = (id: string) => async () => (await client.runs.get.query({ id })).status
const endedOf = async (id: string) =>
  (await client.runs.children.query({ id })).filter(({ ended }) => ended).length

/** Kills the server and its Postgres with SIGKILL, and starts both again. */
async function restartByForce(): Promise<void> {
  const file = join(data.path, 'postgres', 'cluster', 'postmaster.pid')
  const postmaster = Number((await readFile(file, 'utf8')).split('\n')[0])
  await server.kill()
  process.kill(postmaster, 'SIGKILL')
  server = await startServer(data.path)
  client = await signedIn(server.url)
}

test('a run for each of five entries goes through a kill -9 of server and Postgres: each runs once, results are in order', async () => {
  const runId = await start(await campaign(await post(2)), products)
  await expect.poll(() => endedOf(runId)).toBeGreaterThanOrEqual(1)
  expect(await endedOf(runId)).toBeLessThan(5)
  const before = await client.runs.children.query({ id: runId })
  await restartByForce()
  await expect.poll(statusOf(runId), { timeout: 60_000 }).toBe('succeeded')

  const { outputs, usage, steps } = await client.runs.record.query({ id: runId })
  const topics = outputs.map(({ value }) => (value as { brief: { topic: string } }).brief.topic)
  expect(topics).toEqual(products.map(({ title }) => title))
  expect(steps.map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
  expect(usage.calls).toBe(5)
  const { runs } = await client.runs.list.query({ children: true })
  const children = runs.filter(({ childOf }) => childOf === runId)
  expect(children).toHaveLength(5)
  for (const { id } of children) {
    const record = await client.runs.record.query({ id })
    expect(record.status).toBe('succeeded')
    expect(record.events.filter(({ body }) => body.type === 'call.finished')).toHaveLength(1)
  }
  // Those that were there are the same ones still.
  const after = await client.runs.children.query({ id: runId })
  expect(after).toMatchObject(
    before.flatMap(({ place, runId: id }) => (id ? [{ place, runId: id }] : [{ place }])),
  )
})

describe.skipIf(!hasChromium())('in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  test('a flow is chosen and its brief filled in the inspector; a run and the runs that it started lead to each other', async () => {
    const { page, context, complaints } = await openPage(browser, { reducedMotion: 'reduce' })
    await signIn(context, server.url)
    await post(3)
    const document = flowOfNodes('Campaign', [{ type: 'input' }, { type: 'map' }])
    const { id } = await client.flows.import.mutate({ document })
    await openCanvas(page, server.url, id)
    await node(page, 'Run a flow for each').click()
    await checked(page, 'children-empty')
    await page.getByLabel('Flow', { exact: true }).selectOption({ label: 'LinkedIn post' })
    await seen(page, 'some of its answers are missing').waitFor()
    const brief = page.getByRole('group', { name: 'Its brief' })
    for (const [label, text] of [
      [/^Topic/, '{{ item.title }}'],
      [/audience/i, 'Cooks'],
      [/goal|want/i, 'Sell it'],
      [/points/i, '{{ item.points }}'],
      [/tone/i, 'casual'],
    ] as const) {
      await brief.getByLabel(label).first().fill(text)
    }
    await expect.poll(() => page.getByText('some of its answers are missing').count()).toBe(0)
    await checked(page, 'children-inspector')
    await page.getByText('Draft saved').or(page.getByText('Saved')).first().waitFor()
    await expect
      .poll(async () => (await client.flows.get.query({ id })).draft.nodes[1]?.config['brief'])
      .toEqual({
        topic: '{{ item.title }}',
        audience: 'Cooks',
        goal: 'Sell it',
        keyPoints: ['{{ item.points }}'],
        tone: 'casual',
      })
    await client.flows.publish.mutate({ id })

    const runId = await start(id, [...products, { title: 'Nothing to say', points: [] }])
    await page.goto(`${server.url}/runs/${runId}`)
    await page
      .getByText(/[1-5] of 6 runs ended/)
      .first()
      .waitFor()
    await page.getByText('6 of 6 runs ended, 1 failed').first().waitFor()
    await checked(page, 'children-run')
    await page.getByRole('link', { name: 'Oolong' }).click()
    await page.getByText('A step of another run started this one.').waitFor()
    await page.getByRole('link', { name: 'another run' }).click()
    await page
      .locator('.lanes')
      .filter({ visible: true })
      .getByRole('button', { name: /Run a flow for each/ })
      .click()
    await page.locator('.step-panel').getByText('6 of 6 runs ended').waitFor()
    await checked(page, 'children-step')
    await page.goto(`${server.url}/runs`)
    await seen(page, 'Campaign').waitFor()
    expect(await page.getByText('Part of another run').count()).toBe(0)
    await page.getByLabel('Runs that other runs started').check()
    await seen(page, 'Part of another run').waitFor()
    await checked(page, 'children-list')
    expect(complaints).toEqual([])
  })
})
