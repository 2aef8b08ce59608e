/** Whoever may write a name, a note or a brief must not be able to make a page of others do anything. */
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Flow } from '#graph'
import blogPostSwarm from '../templates/blog-post-swarm/flow.json' with { type: 'json' }
import sampleBrief from '../templates/blog-post-swarm/brief.json' with { type: 'json' }
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, eventsOf, signedIn } from './support/signed-in.ts'
import { node, openCanvas, seen, signIn } from './support/studio.ts'

/** Says where it stood, so that a page that shows none of them as text is noticed too. */
const hostile = (where: string) =>
  `${where}<img src=x onerror="document.title='${where}'"><script>document.title='${where}'</script><svg onload=alert(1)>`

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client
let flowId: string
let runId: string

describe.skipIf(!hasChromium())('text that is HTML (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    data = await dataFolder()
    server = await startServer(data.path)
    client = await signedIn(server.url)
    browser = await launch()
    const flow = await client.flows.import.mutate({ document: hostileFlow() })
    flowId = flow.id
    await client.flows.publish.mutate({ id: flowId, message: hostile('message') })
    const brief = {
      ...sampleBrief,
      topic: hostile('topic'),
      audience: hostile('audience'),
      keyPoints: [hostile('point')],
    }
    const started = await client.runs.start.mutate({ target: { flowId }, input: { brief } })
    runId = started.runId
    await eventsOf(client, runId).ended
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await data.remove()
  })

  test('stays text on every page that lists or shows flows and runs', async () => {
    expect(await client.runs.get.query({ id: runId })).toMatchObject({ status: 'succeeded' })
    const { page, complaints } = await opened()
    for (const [path, shown] of [
      ['/flows', ['flow', 'description']],
      [`/flows/${flowId}`, ['flow', 'description', 'Writers']],
      [`/flows/${flowId}/brief`, ['flow']],
      ['/runs', ['flow', 'topic']],
      [`/runs/${runId}`, ['topic']],
      [`/runs/${runId}/results`, ['topic', 'output']],
    ] as const) {
      await page.goto(`${server.url}${path}`)
      for (const where of shown) await seen(page, `${where}<img src=x`).waitFor()
      await isHarmless(page, path)
    }
    for (const tab of ['Scores and reasons', 'Side by side', 'Revisions']) {
      await page.goto(`${server.url}/runs/${runId}/results`)
      await page.getByRole('tab', { name: tab }).click()
      await isHarmless(page, tab)
    }
    await page.goto(`${server.url}/runs/${runId}`)
    await page.locator('.lanes button').first().click()
    await page.getByRole('dialog', { name: 'What this step did' }).waitFor()
    await isHarmless(page, 'step')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('stays text on the canvas and in everything beside it', async () => {
    const { page, complaints } = await opened()
    await openCanvas(page, server.url, flowId)
    for (const where of ['Brief', 'note', 'group']) await seen(page, `${where}<img src=x`).waitFor()
    await page.keyboard.press('Control+f')
    await page.getByRole('option', { name: /^Writers<img src=x/ }).click()
    await page.getByRole('complementary').getByText('Writers<img src=x').first().waitFor()
    await isHarmless(page, 'canvas and inspector')

    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByRole('tab', { name: 'Past runs' }).click()
    await page.getByRole('button', { name: /topic<img src=x/ }).click()
    await page
      .getByRole('region', { name: 'Nodes of the run' })
      .getByRole('button', { name: /^output/ })
      .click()
    for (const form of ['Text', 'Table', 'JSON']) {
      await page.getByRole('tab', { name: form }).click()
      await seen(page, 'output<img src=x').waitFor()
      await isHarmless(page, `items as ${form}`)
    }
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByText('message<img src=x').click()
    await page.getByRole('region', { name: 'Since version 1' }).waitFor()
    await isHarmless(page, 'history')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('stays text in the picture of the flow, which a browser may open as a page of its own', async () => {
    const { page } = await opened()
    await openCanvas(page, server.url, flowId)
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByRole('tab', { name: 'Export' }).click()
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'SVG picture' }).click()
    const svg = await readFile(await (await downloading).path(), 'utf8')
    expect(svg).not.toMatch(/<(?!\/?(svg|title|g|rect|path|circle|text)\b)/)
    expect(svg).not.toMatch(/<[^>]*\son\w+=/)
    const picture = await page.context().newPage()
    await picture.route('**/picture.svg', (route) =>
      route.fulfill({ contentType: 'image/svg+xml', body: svg }),
    )
    await picture.goto(`${server.url}/picture.svg`)
    expect(await picture.locator('script, img, [onload]').count()).toBe(0)
    expect(await picture.locator('text').allTextContents()).toContainEqual(expect.stringContaining('<img'))
    await page.context().close()
  })

  test('what it writes into the page of somebody else stays text there', async () => {
    const [{ page: writer }, { page: reader, complaints }] = [await opened(), await opened()]
    const { id } = await client.flows.create.mutate({ name: hostile('live') })
    await Promise.all([openCanvas(writer, server.url, id), openCanvas(reader, server.url, id)])
    await writer.keyboard.press('n')
    await writer.getByLabel('Text of the note').fill(hostile('live note'))
    await writer.keyboard.press('Escape')
    await seen(reader, 'live note<img src=x').waitFor()
    await isHarmless(reader, 'note of another')
    await writer.getByRole('button', { name: 'Add Merge' }).click()
    await writer.getByRole('complementary').getByLabel(/^Name/).fill(hostile('live node'))
    await node(reader, hostile('live node').slice(0, 12))
      .or(seen(reader, 'live node<img src=x'))
      .first()
      .waitFor()
    await isHarmless(reader, 'node of another')
    expect(complaints).toEqual([])
    await Promise.all([writer.context().close(), reader.context().close()])
  })
})

async function opened() {
  const { page, context, complaints } = await openPage(browser)
  await signIn(context, server.url)
  page.on('dialog', (dialog) => {
    complaints.push(`a page called alert: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return { page, complaints }
}

/** Nothing of it became an element, and none of its script has run. */
async function isHarmless(page: Page, where: string): Promise<void> {
  expect(await page.locator('img[src="x"], svg[onload], body script').count(), where).toBe(0)
  expect(await page.title(), where).toMatch(/Pressroom$/)
}

/** The swarm with hostile words wherever people may write some, and a node that puts such words out. */
function hostileFlow(): Flow {
  const flow = structuredClone(blogPostSwarm) as unknown as Flow
  const titled = flow.nodes.map((one) => {
    const name = `${one.id.charAt(0).toUpperCase()}${one.id.slice(1)}`
    return { ...one, title: hostile(name), annotation: hostile(`${name} annotation`) }
  })
  return {
    ...flow,
    name: hostile('flow'),
    description: hostile('description'),
    nodes: [
      ...titled,
      {
        id: 'output',
        type: 'template-text',
        version: 1,
        title: hostile('output'),
        position: { x: 700, y: 600 },
        config: { text: hostile('output') },
      },
    ],
    edges: [
      ...flow.edges,
      {
        id: 'brief-output',
        source: { node: 'brief', port: 'brief' },
        target: { node: 'output', port: 'input' },
      },
    ],
    notes: [{ id: 'note', text: hostile('note'), position: { x: 0, y: -200 } }],
    groups: [{ id: 'group', title: hostile('group'), nodes: ['brief', 'writers'] }],
  }
}
