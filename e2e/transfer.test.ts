import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flowText } from '#graph'
import swarm from '../templates/blog-post-swarm/flow.json' with { type: 'json' }
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, signedIn } from './support/signed-in.ts'
import { canvas, draftOf, openCanvas, signIn } from './support/studio.ts'

const [first] = swarm.nodes
const withConfig = (config: string) =>
  JSON.stringify({ ...swarm, nodes: [{ ...first, config: 'CONFIG' }] }).replace('"CONFIG"', config)
const back = {
  id: 'back',
  source: { node: 'deliverable', port: 'deliverable' },
  target: { node: 'brief', port: 'brief' },
}

/** What each broken or hostile file is told; none of them becomes anything. */
const REFUSED: [what: string, text: string, told: RegExp][] = [
  ['is cut off', JSON.stringify(swarm).slice(0, 500), /it can’t be read as JSON/],
  ['is a web page', '<html><script>alert(1)</script></html>', /it can’t be read as JSON/],
  ['is huge', JSON.stringify({ ...swarm, description: 'x'.repeat(5_000_000) }), /is the limit/],
  [
    'is nested 5,000 deep',
    withConfig(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`),
    /nested more than 64 deep/,
  ],
  ['names __proto__', withConfig('{"__proto__":{"admin":true}}'), /a name that is not allowed/],
  ['has wrong types', JSON.stringify({ ...swarm, nodes: { length: 3 } }), /nodes/],
  [
    'has an id that is HTML',
    JSON.stringify({ ...swarm, nodes: [{ ...first, id: '<img src=x onerror=alert(1)>' }] }),
    /nodes\.0\.id/,
  ],
  [
    'goes round in a circle',
    JSON.stringify({ ...swarm, edges: [...swarm.edges, back] }),
    /circle|cycle|itself/i,
  ],
  [
    'comes from a newer Pressroom',
    JSON.stringify({ ...swarm, schemaVersion: 2 }),
    /this Pressroom knows versions up to 1/,
  ],
  [
    'is older than the first version',
    JSON.stringify({ ...swarm, schemaVersion: 0 }),
    /there never was a version 0/,
  ],
]

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client

describe.skipIf(!hasChromium())(
  'import and export in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)',
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

    test('a broken or hostile file is told what is wrong with it, and nothing changes', async () => {
      const { page, complaints } = await importing()
      for (const [what, text, told] of REFUSED) {
        await choose(page, text)
        const dialog = page.locator('ion-modal')
        await dialog.getByText(told).first().waitFor()
        expect(await dialog.getByRole('button', { name: 'Create the flow' }).count(), what).toBe(0)
        const another = dialog.getByRole('button', { name: 'Choose another' })
        if (await another.count()) await another.click()
      }
      expect(await client.flows.list.query()).toEqual([])
      expect(await page.evaluate(() => 'admin' in {})).toBe(false)
      expect(await page.locator('img[src="x"]').count()).toBe(0)
      expect(complaints).toEqual([])
      await page.context().close()
    })

    test('a file with a node that is not installed shows it and what it asks for before anything is created', async () => {
      const { page } = await importing()
      await choose(
        page,
        JSON.stringify({ ...swarm, nodes: [...swarm.nodes, { ...first, id: 'alien', type: 'alien' }] }),
      )
      await page.locator('ion-modal').getByText(/alien/).first().waitFor()
      await page.getByText('It wants to').waitFor()
      await page.getByText('call models').waitFor()
      await page.getByText('It can be created with these faults and mended on the canvas').waitFor()
      expect(await client.flows.list.query()).toEqual([])
      await page.context().close()
    })

    test('what was exported is imported as the same flow, and exports again as the very same text', async () => {
      const { page } = await importing()
      await choose(page, JSON.stringify(swarm))
      await page.getByRole('button', { name: 'Create the flow' }).click()
      await canvas(page).waitFor()
      const [made] = await client.flows.list.query()
      const text = await exported(page)
      expect(JSON.parse(text)).toEqual(swarm)
      expect(text).toBe(flowText(await draftOf(client, made?.id ?? '')))

      await page.goto(`${server.url}/flows`)
      await page.getByRole('button', { name: 'Import' }).click()
      await choose(page, text)
      await page.getByRole('button', { name: 'Create the flow' }).click()
      await canvas(page).filter({ visible: true }).waitFor()
      const second = (await client.flows.list.query()).find(({ id }) => id !== made?.id)
      await openCanvas(page, server.url, second?.id ?? '')
      expect(await exported(page)).toBe(text)
      await page.context().close()
    })
  },
)

async function importing() {
  const { page, context, complaints } = await openPage(browser)
  await signIn(context, server.url)
  await page.goto(`${server.url}/flows`)
  await page.getByRole('button', { name: 'Import' }).click()
  return { page, complaints }
}

const choose = (page: Page, text: string) =>
  page
    .getByLabel('Flow file')
    .setInputFiles({ name: 'flow.json', mimeType: 'application/json', buffer: Buffer.from(text) })

async function exported(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByRole('tab', { name: 'Export' }).click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'JSON file' }).click()
  return readFile(await (await downloading).path(), 'utf8')
}
