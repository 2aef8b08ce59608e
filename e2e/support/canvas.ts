import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Flow } from '#graph'
import { openPage } from './browser.ts'
import { type Server, dataFolder, startServer } from './pressroom.ts'
import { cookieOf, signedIn } from './signed-in.ts'

const LATE_PX = 5

/** A server with one person signed in, and what is seen and done on its canvas. */
export async function canvasBench(browser: Browser) {
  const data = await dataFolder()
  const server: Server = await startServer(data.path)
  const client = await signedIn(server.url)
  const cookies = (await cookieOf(server.url)).split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url: server.url }
  })

  async function open(flowId: string, options: BrowserContextOptions = {}) {
    const { page, complaints, context } = await openPage(browser, {
      reducedMotion: 'reduce',
      ...options,
    })
    await context.addCookies(cookies)
    await page.goto(`${server.url}/flows/${flowId}/edit`)
    await page.getByRole('application', { name: 'Canvas' }).waitFor()
    await settled(page)
    return { page, complaints, context }
  }
  async function imported(flow: Flow): Promise<string> {
    return (await client.flows.import.mutate({ document: flow })).id
  }
  const draftOf = async (flowId: string): Promise<Flow> =>
    (await client.flows.get.query({ id: flowId })).draft
  async function close() {
    await server.stop()
    await data.remove()
  }
  return { client, open, imported, draftOf, close }
}

export const node = (page: Page, name: string): Locator =>
  page.locator(`.vue-flow__node[aria-label^="${name},"]`)

export const handle = (page: Page, name: string, port: string, side: 'source' | 'target'): Locator =>
  node(page, name).locator(`.vue-flow__handle.${side}[data-handleid="${port}"]`)

export async function boxOf(place: Locator) {
  const box = await place.boundingBox()
  if (!box) throw new Error('it is not there')
  return box
}

export async function middleOf(place: Locator) {
  const { x, y, width, height } = await boxOf(place)
  return { x: x + width / 2, y: y + height / 2 }
}

export async function press(page: Page, from: { x: number; y: number }, to: { x: number; y: number }) {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  // What is dragged begins to move these few pixels late.
  await page.mouse.move(from.x + LATE_PX, from.y)
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 })
  await page.mouse.move(to.x + LATE_PX, to.y, { steps: 5 })
}

export async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }) {
  await press(page, from, to)
  await page.mouse.up()
}

/** Pan and zoom. */
export async function viewOf(page: Page): Promise<{ x: number; y: number; zoom: number }> {
  const style = (await page.locator('.vue-flow__transformationpane').getAttribute('style')) ?? ''
  const [x = 0, y = 0, zoom = 1] = (/translate\((\S+)px, (\S+)px\) scale\((\S+)\)/.exec(style) ?? [])
    .slice(1)
    .map(Number)
  return { x, y, zoom }
}

/** Until the view has stopped moving. */
export async function settled(page: Page) {
  let before = ''
  await expect
    .poll(async () => [before, (before = JSON.stringify(await viewOf(page)))], { interval: 150 })
    .toSatisfy(([a, b]) => a === b)
}
