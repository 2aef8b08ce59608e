import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings, hasChromium, launch, openPage, photograph } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, cookieOf, signedIn } from './support/signed-in.ts'

/** The nodes of a swarm, by what the palette calls them, in the order in which work goes through them. */
const SWARM = ['Brief', 'Writers', 'Editors', 'Evaluators', 'Ranking', 'Deliverable'] as const
const EDGES = [
  'Brief.brief → Writers.brief',
  'Editors.draft → Deliverable.drafts',
  'Editors.draft → Evaluators.draft',
  'Editors.draft → Ranking.drafts',
  'Evaluators.evaluation → Ranking.evaluations',
  'Ranking.ranking → Deliverable.ranking',
  'Writers.drafts → Editors.draft',
]

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client

describe.skipIf(!hasChromium())('the canvas in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
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

  test('a swarm is built from an empty canvas with the mouse alone, and the validator has nothing to say', async () => {
    const { page, complaints, flowId } = await emptyCanvas('By mouse')
    await page.getByRole('button', { name: 'Add Brief' }).dragTo(page.getByRole('application'), {
      targetPosition: { x: 200, y: 200 },
    })
    await node(page, 'Brief').waitFor()
    for (const [before, port, name] of [
      ['Brief', 'brief', 'Writers'],
      ['Writers', 'drafts', 'Editors'],
      ['Editors', 'draft', 'Evaluators'],
      ['Evaluators', 'evaluation', 'Ranking'],
      ['Ranking', 'ranking', 'Deliverable'],
    ] as const) {
      await dropOnPane(page, handle(page, before, port, 'source'))
      await page.getByRole('option', { name: new RegExp(`^${name}`) }).click()
      await node(page, name).waitFor()
      await page.getByRole('button', { name: 'Show everything' }).click()
      await settled(page)
    }
    await drag(
      page,
      handle(page, 'Brief', 'brief', 'source'),
      handle(page, 'Deliverable', 'ranking', 'target'),
    )
    await page.getByText('Brief is a brief, but Ranking takes a ranking.').first().waitFor()
    await drag(page, handle(page, 'Editors', 'draft', 'source'), handle(page, 'Ranking', 'drafts', 'target'))
    await drag(
      page,
      handle(page, 'Editors', 'draft', 'source'),
      handle(page, 'Deliverable', 'drafts', 'target'),
    )
    await expect.poll(() => edgesOf(flowId)).toEqual(EDGES)
    await page.getByRole('button', { name: 'Tidy up' }).click()
    await page.getByText('6 nodes moved.').first().waitFor()
    expect(await findings(flowId)).toEqual([])
    await checked(page, 'canvas')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('the same swarm is built with the keyboard alone', async () => {
    const { page, complaints, flowId } = await emptyCanvas('By keyboard')
    await page.keyboard.press('/')
    for (const name of SWARM) {
      await page.locator('dialog').getByRole('combobox').waitFor()
      await page.keyboard.type(name)
      await page.keyboard.press('Enter')
      await hasFocus(page, name)
      if (name !== 'Deliverable') await page.keyboard.press('Tab')
    }
    for (const name of ['Ranking', 'Evaluators', 'Editors']) {
      await page.keyboard.press('ArrowLeft')
      await hasFocus(page, name)
    }
    for (const name of ['Ranking', 'Deliverable']) {
      await page.keyboard.press('c')
      await page.locator('dialog').getByRole('combobox').waitFor()
      await page.keyboard.type(name)
      await page.keyboard.press('Enter')
      await hasFocus(page, 'Editors')
    }
    await expect.poll(() => edgesOf(flowId)).toEqual(EDGES)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Editors, connected to Evaluators, Ranking and Deliverable',
    )
    expect(await findings(flowId)).toEqual([])

    await page.keyboard.press('Control+k')
    await page.keyboard.type('keyboard')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('tidying up is one step of undo, deleting another, and redo brings both back', async () => {
    const { page, flowId } = await emptyCanvas('Steps')
    await page.getByRole('button', { name: 'Add Brief' }).click()
    await hasNodes(flowId, 1)
    await page.getByRole('button', { name: 'Add Writers' }).click()
    await hasNodes(flowId, 2)
    const before = await places(flowId)
    await page.getByRole('button', { name: 'Tidy up' }).click()
    await expect.poll(() => places(flowId)).not.toEqual(before)
    const tidy = await places(flowId)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => places(flowId)).toEqual(before)
    await page.getByRole('button', { name: 'Redo' }).click()
    await expect.poll(() => places(flowId)).toEqual(tidy)
    await node(page, 'Writers').click()
    await page.keyboard.press('Delete')
    await hasNodes(flowId, 1)
    await page.keyboard.press('Control+z')
    await hasNodes(flowId, 2)
    expect(await places(flowId)).toEqual(tidy)
    await page.context().close()
  })

  test('part of a flow is copied as JSON text and pasted into another flow', async () => {
    const { page, context } = await openPage(browser)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url })
    await signIn(page)
    const [from, to] = await Promise.all(['From', 'To'].map((name) => client.flows.create.mutate({ name })))
    await openCanvas(page, from?.id ?? '')
    await page.keyboard.press('/')
    await page.keyboard.type('Brief')
    await page.keyboard.press('Enter')
    await hasFocus(page, 'Brief')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Writers')
    await page.keyboard.press('Enter')
    await hasFocus(page, 'Writers')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+c')
    await page.getByText('2 items copied.').first().waitFor()
    const text = await page.evaluate(() => navigator.clipboard.readText())
    expect(JSON.parse(text)).toMatchObject({ nodes: [{ type: 'brief' }, { type: 'writer' }] })
    await openCanvas(page, to?.id ?? '')
    await page.keyboard.press('Control+v')
    await expect.poll(() => edgesOf(to?.id ?? '')).toEqual(['Brief.brief → Writers.brief'])
    await context.close()
  })

  test('a note that is HTML stays text', async () => {
    const { page, complaints, flowId } = await emptyCanvas('Notes')
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    await page.keyboard.press('n')
    await page.getByLabel('Text of the note').fill(hostile)
    await page.keyboard.press('Escape')
    await expect.poll(async () => (await draftOf(flowId)).notes[0]?.text).toBe(hostile)
    await page.getByText('<img src=x').first().waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

describe.skipIf(!hasChromium())('a canvas whose server dies', () => {
  test('says so, keeps what is built meanwhile and has it saved once the server is back', async () => {
    const folder = await dataFolder()
    const chromium = await launch()
    let own = await startServer(folder.path)
    const { port } = new URL(own.url)
    const to = await signedIn(own.url)
    const { id } = await to.flows.create.mutate({ name: 'Survivor' })
    const { page, context } = await openPage(chromium)
    await signIn(page, own.url)
    await openCanvas(page, id, own.url)
    await page.getByRole('button', { name: 'Add Brief' }).click()
    await page.getByText('Saved', { exact: false }).first().waitFor()
    await own.kill()
    await page.getByText('Reconnecting').first().waitFor()
    await page.getByRole('button', { name: 'Add Writers' }).click()
    await node(page, 'Writers').waitFor()
    own = await startServer(folder.path, { PORT: port })
    await page.getByText('Everything is stored on the server.').waitFor({ state: 'attached' })
    const { draft } = await to.flows.get.query({ id })
    expect(draft.nodes.map(({ type }) => type)).toEqual(['brief', 'writer'])
    await context.close()
    await chromium.close()
    await own.stop()
    await folder.remove()
  })
})

const node = (page: Page, name: string): Locator => page.locator(`.vue-flow__node[aria-label^="${name},"]`)

const handle = (page: Page, name: string, port: string, side: 'source' | 'target'): Locator =>
  node(page, name).locator(`.vue-flow__handle.${side}[data-handleid="${port}"]`)

async function emptyCanvas(name: string) {
  const { page, complaints } = await openPage(browser)
  await signIn(page)
  const { id: flowId } = await client.flows.create.mutate({ name })
  await openCanvas(page, flowId)
  return { page, complaints, flowId }
}

async function openCanvas(page: Page, flowId: string, url = server.url) {
  await page.goto(`${url}/flows/${flowId}/edit`)
  await page.getByRole('application', { name: 'Canvas' }).waitFor()
}

async function signIn(page: Page, url = server.url) {
  const cookies = (await cookieOf(url)).split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url }
  })
  await page.context().addCookies(cookies)
}

async function middleOf(place: Locator) {
  const box = await place.boundingBox()
  if (!box) throw new Error('there is nothing to drag from or to')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

async function drag(page: Page, from: Locator, to: Locator | { x: number; y: number }) {
  const start = await middleOf(from)
  const end = 'x' in to ? to : await middleOf(to)
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 })
  await page.mouse.move(end.x, end.y, { steps: 4 })
  await page.mouse.up()
}

/** Below or above everything, where nothing is. */
async function dropOnPane(page: Page, from: Locator) {
  const canvas = await page.getByRole('application').boundingBox()
  const start = await middleOf(from)
  const bottom = (canvas?.y ?? 0) + (canvas?.height ?? 0) - 20
  await drag(page, from, {
    x: Math.min(start.x + 60, (canvas?.x ?? 0) + (canvas?.width ?? 0) - 40),
    y: start.y + 160 < bottom ? start.y + 160 : start.y - 160,
  })
  await page.getByRole('listbox', { name: 'Add a node that fits' }).waitFor()
}

/** Until the view has stopped moving. */
async function settled(page: Page) {
  const transform = () => page.locator('.vue-flow__transformationpane').getAttribute('style')
  let before: string | null = null
  await expect
    .poll(async () => [before, (before = await transform())], { interval: 120 })
    .toSatisfy(([a, b]) => a === b)
}

const hasFocus = (page: Page, name: string) =>
  page.waitForFunction(
    (start) => document.activeElement?.getAttribute('aria-label')?.startsWith(start),
    `${name},`,
  )

const draftOf = async (flowId: string) => (await client.flows.get.query({ id: flowId })).draft

async function hasNodes(flowId: string, count: number) {
  await expect.poll(async () => (await draftOf(flowId)).nodes.length).toBe(count)
}

const places = async (flowId: string) => (await draftOf(flowId)).nodes.map(({ position }) => position)

const findings = async (flowId: string) => client.flows.validate.mutate({ flow: await draftOf(flowId) })

async function edgesOf(flowId: string): Promise<string[]> {
  const { nodes, edges } = await draftOf(flowId)
  const manifests = await client.nodes.list.query()
  const title = (id: string) => {
    const type = nodes.find((candidate) => candidate.id === id)?.type
    return manifests.find((manifest) => manifest.type === type)?.title
  }
  return edges
    .map(
      ({ source, target }) => `${title(source.node)}.${source.port} → ${title(target.node)}.${target.port}`,
    )
    .toSorted()
}

async function checked(page: Page, name: string): Promise<void> {
  await photograph(page, name)
  expect(await axeFindings(page), name).toEqual([])
}
