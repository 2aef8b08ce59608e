import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import blogPostSwarm from '../templates/blog-post-swarm/flow.json' with { type: 'json' }
import { axeFindings, hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, signedIn } from './support/signed-in.ts'
import {
  canvas,
  checked,
  drag,
  draftOf,
  handle,
  hasFocus,
  middleOf,
  node,
  openCanvas,
  says,
  seen,
  settled,
  signIn,
  tabTo,
} from './support/studio.ts'

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

/** Whom the template chooses beside the one that a fresh node comes with. */
const CHOICES: readonly (readonly [string, readonly string[]])[] = [
  ['Writers', ['Technical']],
  ['Editors', ['Engagement', 'SEO']],
  ['Evaluators', ['Conversion', 'Creativity']],
  ['Ranking', ['Conversion', 'Creativity']],
]
const BRIEF = {
  topic: 'Editorial calendars that survive March',
  audience: 'Heads of content in small companies',
  goal: 'Sign up for the workshop',
  keyPoint: 'Begin with the dates that sales already knows',
}

const meaningOfTemplate = () =>
  client.nodes.list.query().then((manifests) => meaning(blogPostSwarm, manifests))

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

  test('with the mouse alone the blog post swarm is built from an empty canvas, published, run and its ranked drafts are read', async () => {
    const { page, complaints, flowId } = await emptyCanvas('By mouse')
    await page.getByRole('button', { name: 'Add Brief' }).dragTo(canvas(page), {
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
    await settled(page)
    for (const [name, agents] of CHOICES) {
      await node(page, name).click({ position: { x: 60, y: 20 } })
      for (const agent of agents)
        await page.getByRole('checkbox', { name: new RegExp(`^${agent} .*, default model`) }).click()
    }
    await expect.poll(() => meaningOf(flowId)).toEqual(await meaningOfTemplate())
    expect(await findings(flowId)).toEqual([])
    await checked(page, 'canvas')

    await page.getByRole('button', { name: 'History' }).click()
    await page.getByRole('button', { name: 'Publish the draft' }).click()
    await page.getByLabel('What changed').fill('The first one that is whole')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('Version 1 is published').waitFor()
    await page.getByRole('link', { name: 'Back to the flow' }).click()
    await page.getByRole('link', { name: 'Run it' }).filter({ visible: true }).click()
    await page.getByLabel(/^Topic/).fill(BRIEF.topic)
    await page.getByLabel(/^Audience/).fill(BRIEF.audience)
    await page.getByLabel(/^Goal/).fill(BRIEF.goal)
    await page.getByLabel('Key points 1').fill(BRIEF.keyPoint)
    await page.getByText('professional', { exact: true }).click()
    await page.getByRole('region', { name: 'Plan' }).getByRole('button', { name: 'Run' }).click()
    await page.waitForURL(/\/runs\/run_/)
    await seen(page, 'Read the results').click()
    await readsResults(page, { published: 1 })
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('with the keyboard alone the same swarm is built, tried on the canvas and its ranked drafts are read', async () => {
    const { page, complaints, flowId } = await emptyCanvas('By keyboard')
    await countPointing(page)
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

    for (const [name, agents] of CHOICES) {
      await page.keyboard.press('Control+f')
      await page.locator('dialog').getByRole('combobox').waitFor()
      await page.keyboard.type(name)
      await page.keyboard.press('Enter')
      await hasFocus(page, name)
      await page.keyboard.press('i')
      for (const agent of agents) {
        await tabTo(page, new RegExp(`^${agent} .*, default model`))
        await page.keyboard.press('Space')
      }
      await page.keyboard.press('Escape')
      await hasFocus(page, name)
    }
    await expect.poll(() => meaningOf(flowId)).toEqual(await meaningOfTemplate())

    await page.keyboard.press('t')
    await page.getByLabel(/^Topic/).waitFor()
    await tabTo(page, /^Topic/)
    await page.keyboard.type(BRIEF.topic)
    await tabTo(page, /^Audience|^Who/)
    await page.keyboard.type(BRIEF.audience)
    await tabTo(page, /^Goal|^What should/)
    await page.keyboard.type(BRIEF.goal)
    await tabTo(page, /^Key points 1/)
    await page.keyboard.type(BRIEF.keyPoint)
    await tabTo(page, /^Professional/)
    await page.keyboard.press('Space')
    await says(page, 'Saved')
    await tabTo(page, /^Run the draft$/)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Results' }).waitFor()
    await tabTo(page, /^Results$/)
    await page.keyboard.press('Enter')
    await readsResults(page, { published: null })
    expect(await pointed(page)).toBe(0)
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
    await signIn(page.context(), server.url)
    const [from, to] = await Promise.all(['From', 'To'].map((name) => client.flows.create.mutate({ name })))
    await openCanvas(page, server.url, from?.id ?? '')
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
    await openCanvas(page, server.url, to?.id ?? '')
    await page.keyboard.press('Control+v')
    await expect.poll(() => edgesOf(to?.id ?? '')).toEqual(['Brief.brief → Writers.brief'])
    await context.close()
  })
})

async function emptyCanvas(name: string) {
  const { page, complaints } = await openPage(browser)
  await signIn(page.context(), server.url)
  const { id: flowId } = await client.flows.create.mutate({ name })
  await openCanvas(page, server.url, flowId)
  return { page, complaints, flowId }
}

/** Below or above everything, where nothing is. */
async function dropOnPane(page: Page, from: Locator) {
  const field = await canvas(page).boundingBox()
  const start = await middleOf(from)
  const bottom = (field?.y ?? 0) + (field?.height ?? 0) - 20
  await drag(page, from, {
    x: Math.min(start.x + 60, (field?.x ?? 0) + (field?.width ?? 0) - 40),
    y: start.y + 160 < bottom ? start.y + 160 : start.y - 160,
  })
  await page.getByRole('listbox', { name: 'Add a node that fits' }).waitFor()
}

async function hasNodes(flowId: string, count: number) {
  await expect.poll(async () => (await draftOf(client, flowId)).nodes.length).toBe(count)
}

const places = async (flowId: string) => (await draftOf(client, flowId)).nodes.map(({ position }) => position)

const findings = async (flowId: string) =>
  client.flows.validate.mutate({ flow: await draftOf(client, flowId) })

async function edgesOf(flowId: string): Promise<string[]> {
  const { nodes, edges } = await draftOf(client, flowId)
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

/** Nodes by type and connections by the types that they join, with what each node's configuration comes to. */
async function meaningOf(flowId: string) {
  const { nodes, edges, limits } = await draftOf(client, flowId)
  return meaning({ nodes, edges, limits }, await client.nodes.list.query())
}

function meaning(
  { nodes, edges, limits }: Pick<typeof blogPostSwarm, 'limits' | 'edges'> & { nodes: Configured[] },
  manifests: readonly { type: string; config: Record<string, unknown> }[],
) {
  const typeOf = (id: string) => nodes.find((one) => one.id === id)?.type
  const defaults = (type: string) => {
    const schema = manifests.find((manifest) => manifest.type === type)?.config ?? {}
    const fields = Object.entries((schema['properties'] ?? {}) as Record<string, { default?: unknown }>)
    return Object.fromEntries(
      fields.flatMap(([name, field]) => (field.default === undefined ? [] : [[name, field.default]])),
    )
  }
  return {
    nodes: Object.fromEntries(nodes.map(({ type, config }) => [type, { ...defaults(type), ...config }])),
    edges: edges
      .map(
        ({ source, target }) =>
          `${typeOf(source.node)}.${source.port} → ${typeOf(target.node)}.${target.port}`,
      )
      .toSorted(),
    limits,
  }
}

interface Configured {
  id: string
  type: string
  config: Record<string, unknown>
}

/** The results page, against what the run left behind: six drafts, all of them scored and in their places. */
async function readsResults(page: Page, { published }: { published: number | null }) {
  await page.waitForURL(/\/runs\/run_[^/]+\/results$/)
  await seen(page, 'Winner').waitFor()
  await seen(page, BRIEF.topic).waitFor()
  const rows = page.getByRole('table').filter({ visible: true }).first().locator('tbody').getByRole('row')
  await expect.poll(() => rows.count()).toBe(6)
  const id = /run_[^/]+/.exec(page.url())?.[0] ?? ''
  const run = await client.runs.get.query({ id })
  expect(run).toMatchObject({ status: 'succeeded', input: { brief: { topic: BRIEF.topic } } })
  expect(run.drafts.map(({ writer, editor }) => `${writer} ${editor}`).toSorted()).toEqual(
    ['creative', 'technical'].flatMap((writer) =>
      ['clarity', 'engagement', 'seo'].map((editor) => `${writer} ${editor}`),
    ),
  )
  expect(run.evaluations.filter(({ stage }) => stage === 'initial')).toHaveLength(18)
  expect(run.evaluations.filter(({ stage }) => stage === 'final')).toHaveLength(9)
  expect(run.ranking.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6])
  expect(run.deliverable?.versions).toHaveLength(3)
  const { published: version } = await client.flows.get.query({ id: run.flow.id ?? '' })
  expect(version?.number ?? null).toBe(published)
}

/** From now on every press of a mouse, pen or finger is counted. */
const countPointing = (page: Page) =>
  page.evaluate(() => {
    const counts = { presses: 0 }
    for (const kind of ['pointerdown', 'mousedown', 'wheel', 'touchstart'])
      addEventListener(kind, () => counts.presses++, true)
    Object.assign(window, { counts })
  })

const pointed = (page: Page) =>
  page.evaluate(() => (window as unknown as { counts: { presses: number } }).counts.presses)
