import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { largeFlow } from '../bench/canvas/flow.ts'
import { measuresOf } from '../studio/canvas/measures.ts'
import { nodeHeight } from '../studio/canvas/sizes.ts'
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, cookieOf, signedIn } from './support/signed-in.ts'

const PATIENT = { timeout: 60_000 }

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client

describe.skipIf(!hasChromium())('a flow of a thousand nodes on the canvas (needs Chromium)', () => {
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

  test('opens at its beginning, and never draws more than what is in view', async () => {
    const { page, complaints } = await opened()
    const view = page.locator('.vue-flow__transformationpane')
    await expect.poll(() => view.getAttribute('style'), PATIENT).toContain('scale(0.3)')
    await page.locator('.vue-flow__node[data-id="brief-0"]').waitFor()
    expect(await page.evaluate(() => (globalThis as Counted).most)).toBeLessThan(200)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('has its ports where they are expected of nodes that are not drawn yet', async () => {
    const { page } = await opened()
    await page.locator('.vue-flow__node[data-id="rank-0"]').waitFor()
    const manifests = await client.nodes.list.query()
    for (const type of ['rank', 'editor', 'deliverable']) {
      const manifest = manifests.find((candidate) => candidate.type === type)
      if (!manifest) throw new Error(`there is no node type ${type}`)
      const portsOf = (ports: typeof manifest.inputs) =>
        Object.entries(ports).map(([id, port]) => ({ id, type: port.type, title: port.title, pinned: null }))
      const [inputs, outputs] = [portsOf(manifest.inputs), portsOf(manifest.outputs)]
      const expected = measuresOf('any', { height: nodeHeight(manifest), inputs, outputs })
      const drawn = await portsAt(page, `${type}-0`)
      expect(drawn.size).toEqual([expected.dimensions.width, expected.dimensions.height])
      const { source, target } = expected.handleBounds
      for (const { id, type: side, x, y, width, height } of [...source, ...target]) {
        const there = drawn.ports.find((port) => port.id === id && port.side === side)
        expect(there?.x, `${type} ${id}`).toBeCloseTo(x + width / 2, 0)
        expect(there?.y, `${type} ${id}`).toBeCloseTo(y + height / 2, 0)
      }
    }
    await page.context().close()
  })

  test('is drawn where tidying up has put it, also what was out of view meanwhile', async () => {
    const { page, flowId } = await opened()
    await page.locator('.vue-flow__node[data-id="brief-0"]').waitFor()
    await page.getByRole('button', { name: 'Tidy up' }).click()
    await page
      .getByText(/nodes moved\./)
      .first()
      .waitFor()
    await expect
      .poll(async () => (await placesOf(flowId)).get('merge-124'), PATIENT)
      .not.toEqual([13_260, 5_280])
    await page.getByRole('button', { name: 'Show everything' }).click()
    await expect.poll(() => page.locator('.vue-flow__node').count(), PATIENT).toBeGreaterThan(200)
    const places = await placesOf(flowId)
    const drawn = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.vue-flow__node')].map((node) => {
        const { e, f } = new DOMMatrix(node.style.transform)
        return { id: node.dataset['id'] ?? '', at: [e, f] }
      }),
    )
    expect(drawn.length).toBeGreaterThan(200)
    for (const { id, at } of drawn) expect(at, id).toEqual(places.get(id))
    await page.context().close()
  })
})

type Counted = typeof globalThis & { most: number }

async function opened() {
  const { page, complaints } = await openPage(browser)
  await page.addInitScript(() => {
    Object.assign(globalThis, { most: 0 })
    new MutationObserver(() => {
      const count = document.querySelectorAll('.vue-flow__node').length
      const counted = globalThis as Counted
      counted.most = Math.max(counted.most, count)
    }).observe(document, { subtree: true, childList: true })
  })
  const cookies = (await cookieOf(server.url)).split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url: server.url }
  })
  await page.context().addCookies(cookies)
  const { id: flowId } = await client.flows.import.mutate({ document: largeFlow() })
  await page.goto(`${server.url}/flows/${flowId}/edit`)
  await page.getByRole('application', { name: 'Canvas' }).waitFor()
  return { page, complaints, flowId }
}

/** The middles of a drawn node's ports from its corner, in the flow's own measure. */
function portsAt(page: Page, id: string) {
  return page.locator(`.vue-flow__node[data-id="${id}"]`).evaluate((node) => {
    const box = node.getBoundingClientRect()
    const zoom = box.width / (node as HTMLElement).offsetWidth
    const ports = [...node.querySelectorAll<HTMLElement>('.vue-flow__handle')].map((handle) => {
      const { x, y, width, height } = handle.getBoundingClientRect()
      return {
        id: handle.dataset['handleid'],
        side: handle.classList.contains('source') ? 'source' : 'target',
        x: (x + width / 2 - box.x) / zoom,
        y: (y + height / 2 - box.y) / zoom,
      }
    })
    return { size: [(node as HTMLElement).offsetWidth, (node as HTMLElement).offsetHeight], ports }
  })
}

async function placesOf(flowId: string): Promise<Map<string, number[]>> {
  const { draft } = await client.flows.get.query({ id: flowId })
  return new Map(draft.nodes.map(({ id, position }) => [id, [position.x, position.y]]))
}
