import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings, hasChromium, launch, openPage, photograph } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, cookieOf, signedIn } from './support/signed-in.ts'

const EDITED = 'Harbour lights: the very sentence that somebody wrote by hand.'

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client

describe.skipIf(!hasChromium())(
  'trying a flow in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)',
  () => {
    beforeAll(async () => {
      data = await dataFolder()
      server = await startServer(data.path)
      client = await signedIn(server.url)
      browser = await launch()
    })
    afterAll(async () => {
      await browser.close()
      await server.stop()
      await data.remove()
    })

    test('what is pinned on a connection and edited is what the next node works on, and nothing before it runs', async () => {
      const { id: flowId } = await client.flows.fromTemplate.mutate({ template: 'blog-post-swarm' })
      const { page, complaints } = await openCanvas(flowId)
      await page.getByRole('button', { name: 'Try it' }).click()
      await page.getByRole('button', { name: 'Use the sample brief' }).click()
      await page.getByRole('button', { name: 'Run the draft' }).click()
      await page.getByText('29 of 29').first().waitFor()
      const whole = await latest(flowId)

      await page.getByRole('button', { name: 'Show everything' }).click()
      await clickEdge(page, 'Writers', 'Editors')
      await page.getByRole('button', { name: 'Pin Drafts as sample data' }).click()
      const dialog = page.getByRole('dialog', { name: /Sample data of Writers/ })
      await dialog.getByLabel('Item 1 as text').fill(EDITED)
      await checked(page, 'trial-pins')
      await dialog.getByRole('button', { name: 'Pin 2 items' }).click()
      await page.getByRole('group', { name: /^Writers, .*2 items pinned on Drafts/ }).waitFor()
      await page.locator('[aria-label="Connection from Writers to Editors, 2 items pinned"]').waitFor()

      await node(page, 'Editors').click({ button: 'right' })
      await page.getByRole('menuitem', { name: /Run from this node on/ }).click()
      await page.getByText('2 items, pinned').waitFor()
      await checked(page, 'trial-scope')
      await page.getByRole('button', { name: 'Run from here on' }).click()
      await page.getByText('Editors and what follows ran, given 2 items of Writers (pinned).').waitFor()
      await expect.poll(() => latest(flowId)).not.toBe(whole)
      const runId = await latest(flowId)
      await ended(runId)
      const record = await client.runs.record.query({ id: runId })
      expect(record.status).toBe('succeeded')
      const ran = record.events.flatMap(({ body }) => (body.type === 'step.started' ? [body.nodeId] : []))
      expect([...new Set(ran)].toSorted()).toEqual(['deliverable', 'editors', 'evaluators', 'ranking'])
      expect(ran.filter((id) => id === 'editors')).toHaveLength(6)
      const worked = record.drafts.filter(({ revisions }) => revisions[0]?.text === EDITED)
      expect(worked).toHaveLength(3)
      expect(record.drafts).toHaveLength(6)
      await checked(page, 'trial-run')

      await node(page, 'Evaluators').click()
      await page.keyboard.press('r')
      await page.getByText(/6 items of the run of/).waitFor()
      await page.getByRole('button', { name: 'Run this node' }).click()
      await page.getByText(/Only Evaluators ran, given 6 items of Editors \(from an earlier run\)/).waitFor()
      await expect.poll(() => latest(flowId)).not.toBe(runId)
      const alone = await latest(flowId)
      await ended(alone)
      const { events, trial } = await client.runs.record.query({ id: alone })
      const single = events.flatMap(({ body }) => (body.type === 'step.started' ? [body.nodeId] : []))
      expect(new Set(single)).toEqual(new Set(['evaluators']))
      expect(single).toHaveLength(18)
      expect(trial?.given).toEqual([{ node: 'editors', port: 'draft', items: 6, fromRun: runId }])

      await page.keyboard.press('Control+z')
      await page.getByRole('group', { name: /^Writers, connected to Editors$/ }).waitFor()
      await page.goto(`${server.url}/runs/${runId}`)
      await page
        .getByRole('link', { name: 'Replay on the graph' })
        .or(page.getByText('Replay on the graph'))
        .first()
        .click()
      await page.getByRole('slider', { name: 'Moment of the run' }).waitFor()
      await page.getByRole('slider').fill('2')
      await page.getByText('Writers: 2 items given').waitFor()
      await checked(page, 'trial-replay')
      expect(complaints).toEqual([])
      await page.context().close()
    })

    test('a node with nothing to work on says so, takes data that was written by hand, and its failure leads to its field', async () => {
      const position = { x: 0, y: 0 }
      const { id: flowId } = await client.flows.import.mutate({
        document: {
          schemaVersion: 1,
          name: 'Broken text',
          nodes: [
            { id: 'brief', type: 'brief', version: 1, position, config: { contentType: 'blog-post' } },
            {
              id: 'text',
              type: 'template-text',
              version: 1,
              position: { x: 400, y: 0 },
              config: { text: 'About {{ input.topic | shout }}' },
            },
          ],
          edges: [
            { id: 'e', source: { node: 'brief', port: 'brief' }, target: { node: 'text', port: 'input' } },
          ],
        },
      })
      const { page, complaints } = await openCanvas(flowId)
      await node(page, 'Text from a template').click()
      await page.keyboard.press('r')
      await page.getByText('Nothing to work on: no run has it and nothing is pinned').waitFor()
      await checked(page, 'trial-missing')
      await page.getByRole('button', { name: 'Write sample data of Brief' }).click()
      const dialog = page.getByRole('dialog', { name: /Sample data of Brief/ })
      await dialog.getByRole('button', { name: 'Add an item' }).click()
      const field = dialog.getByLabel('Item 1 as JSON')
      const example = await field.inputValue()
      await field.fill(example.replace(/"topic": "[^"]*"/, '"topic": 7'))
      await dialog.getByText(/^topic: /).waitFor()
      await checked(page, 'trial-fault')
      await field.fill(example)
      await dialog.getByRole('button', { name: 'Pin 1 item' }).click()
      await page.getByRole('button', { name: 'Run this node' }).click()
      await page.getByRole('button', { name: /^Show .* in the flow$/ }).click()
      await page.locator('#inspector-config-text').waitFor()
      const { failure } = await client.runs.get.query({ id: await latest(flowId) })
      expect(failure).toMatchObject({ code: 'template.failed', facts: { nodeId: 'text', path: 'text' } })
      expect(complaints).toEqual([])
      await page.context().close()
    })
  },
)

const node = (page: Page, name: string) => page.getByRole('group', { name: new RegExp(`^${name}(,|$)`) })

/** Once the view stands still, in the middle of the line. */
async function clickEdge(page: Page, from: string, to: string) {
  const line = page
    .locator(`[aria-label^="Connection from ${from} to ${to}"]`)
    .locator('.vue-flow__edge-path')
  let before = ''
  await expect
    .poll(async () => {
      const box = await line.boundingBox()
      return [before, (before = JSON.stringify(box))]
    })
    .toSatisfy(([a, b]) => a === b)
  const box = await line.boundingBox()
  if (!box) throw new Error('there is no such connection')
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
}

async function openCanvas(flowId: string) {
  const { page, complaints } = await openPage(browser)
  const cookies = (await cookieOf(server.url)).split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url: server.url }
  })
  await page.context().addCookies(cookies)
  await page.goto(`${server.url}/flows/${flowId}/edit`)
  await page.getByRole('application', { name: 'Canvas' }).waitFor()
  return { page, complaints }
}

async function latest(flowId: string): Promise<string> {
  const { runs } = await client.runs.list.query({ flowId, limit: 1 })
  return runs[0]?.id ?? ''
}

async function ended(id: string) {
  const finishedAt = async () => (await client.runs.get.query({ id })).finishedAt
  await expect.poll(finishedAt, { timeout: 60_000 }).not.toBeNull()
}

async function checked(page: Page, name: string): Promise<void> {
  await photograph(page, name, { sizes: ['desktop'] })
  expect(await axeFindings(page), name).toEqual([])
}
