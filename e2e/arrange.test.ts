import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Flow } from '#graph'
import { SIZES, axeFindings, hasChromium, launch, photograph } from './support/browser.ts'
import { boxOf, canvasBench, drag, handle, middleOf, node, press, settled, viewOf } from './support/canvas.ts'

let browser: Browser
let bench: Awaited<ReturnType<typeof canvasBench>>

type Step = Flow['nodes'][number]
const step = (id: string, type: string, x: number, y: number, rest: Partial<Step> = {}): Step => ({
  id,
  type,
  version: 1,
  position: { x, y },
  config: {},
  ...rest,
})
const wire = (source: string, from: string, target: string, to: string) => ({
  id: `${source}-${target}`,
  source: { node: source, port: from },
  target: { node: target, port: to },
})
const flow = (name: string, parts: Partial<Flow>): Flow => ({
  schemaVersion: 1,
  name,
  description: '',
  nodes: [],
  edges: [],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  ...parts,
})
/** Three nodes of different heights, nothing connected. */
const three = (name: string) =>
  flow(name, {
    nodes: [
      step('a', 'brief', 0, 0, { title: 'One' }),
      step('b', 'rank', 400, 130, { title: 'Two' }),
      step('c', 'writer', 900, 50, { title: 'Three' }),
    ],
  })
const chain = (name: string) =>
  flow(name, {
    nodes: [
      step('brief', 'brief', 0, 0),
      step('writer', 'writer', 700, 0),
      step('editor', 'editor', 340, 400),
      step('rank', 'rank', 700, 400),
    ],
    edges: [wire('brief', 'brief', 'writer', 'brief')],
  })
/** Eight nodes in a row with a note above them, as wide as a real flow. */
const eight = (name: string) =>
  flow(name, {
    nodes: Array.from({ length: 8 }, (_, at) =>
      step(`n${at}`, at === 0 ? 'brief' : 'writer', at * 340, (at % 3) * 160, { title: `Step ${at}` }),
    ),
    notes: [{ id: 'note', text: 'Above all', position: { x: 0, y: -300 } }],
    groups: [{ id: 'group', title: 'The last', nodes: ['n6', 'n7'] }],
  })

describe.skipIf(!hasChromium())('arranging in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    browser = await launch()
    bench = await canvasBench(browser)
  })
  afterAll(async () => {
    await browser.close()
    await bench.close()
  })

  const places = async (id: string) =>
    Object.fromEntries((await bench.draftOf(id)).nodes.map((one) => [one.id, one.position]))

  test.each(Object.entries(SIZES))(
    'a saved flow opens wholly in view on a %s, beside the buttons, and does so again after a reload',
    async (_name, viewport) => {
      const { page, complaints, context } = await bench.open(await bench.imported(eight('Eight')), {
        viewport,
      })
      await allInView(page, 10)
      await page.reload()
      await page.locator('.vue-flow__node').nth(9).waitFor()
      await settled(page)
      await allInView(page, 10)
      expect(complaints).toEqual([])
      await context.close()
    },
  )

  test('an empty flow invites; its first node appears where it was put, at full size, and the invitation goes', async () => {
    const { id } = await bench.client.flows.create.mutate({ name: 'Empty' })
    const { page, context } = await bench.open(id)
    await photograph(page, 'canvas-empty')
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Add the first node' }).click()
    await page.keyboard.type('Brief')
    await page.keyboard.press('Enter')
    await node(page, 'Brief').waitFor()
    expect((await viewOf(page)).zoom).toBe(1)
    expect(await page.getByRole('button', { name: 'Start from a template' }).count()).toBe(0)
    await context.close()
  })

  test('a template is taken into an empty flow as one step, and all of it is in view', async () => {
    const { id } = await bench.client.flows.create.mutate({ name: 'Mine' })
    const { page, context } = await bench.open(id)
    await page.getByRole('button', { name: 'Start from a template' }).click()
    await page.locator('dialog').getByRole('combobox').waitFor()
    await page.keyboard.type('Blog')
    await page.keyboard.press('Enter')
    await page.locator('.vue-flow__node-step').nth(5).waitFor()
    await settled(page)
    await allInView(page, 6)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => (await bench.draftOf(id)).nodes.length).toBe(0)
    await context.close()
  })

  test('settings come with a selection and go with it, until they are closed by hand', async () => {
    const { page, context } = await bench.open(await bench.imported(three('Panels')))
    const settings = page.getByRole('complementary', { name: 'Settings' })
    expect(await settings.count()).toBe(0)
    await node(page, 'One').click()
    await settings.waitFor()
    await page.keyboard.press('Escape')
    await settings.waitFor({ state: 'detached' })
    await node(page, 'Two').click()
    await page.getByRole('button', { name: 'Close Settings' }).click()
    await settings.waitFor({ state: 'detached' })
    await node(page, 'Three').click()
    await page.locator('.vue-flow__node.selected[data-id="c"]').waitFor()
    expect(await settings.count()).toBe(0)
    await context.close()
  })

  test('selected nodes align and spread out evenly, each as one step of undo', async () => {
    const id = await bench.imported(three('Aligned'))
    const { page, context } = await bench.open(id)
    const before = await places(id)
    await page.getByRole('application').focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Alt+w')
    await expect
      .poll(() => places(id))
      .toEqual({ ...before, a: { x: 0, y: 0 }, b: { x: 400, y: 0 }, c: { x: 900, y: 0 } })
    await page.keyboard.press('Alt+Shift+h')
    await expect.poll(async () => (await places(id))['b']).toEqual({ x: 450, y: 0 })
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+z')
    await expect.poll(() => places(id)).toEqual(before)
    await context.close()
  })

  test('a dragged node snaps to the edges of others, and lines show it', async () => {
    const id = await bench.imported(three('Lines'))
    const { page, context } = await bench.open(id)
    const { zoom } = await viewOf(page)
    const from = await middleOf(node(page, 'One'))
    // Two pixels of the flow short of the left edge of "Two", well below it.
    await press(page, from, { x: from.x + 398 * zoom, y: from.y + 420 * zoom })
    await page.locator('.guides path').first().waitFor({ state: 'attached' })
    await page.mouse.up()
    expect(await page.locator('.guides path').count()).toBe(0)
    await expect.poll(async () => (await places(id))['a']?.x).toBe(400)
    await context.close()
  })

  test('dropping a connection on empty canvas offers only nodes that fit, and the chosen one is connected', async () => {
    const id = await bench.imported(chain('Loose'))
    const { page, context } = await bench.open(id)
    const from = await middleOf(handle(page, 'Writers', 'drafts', 'source'))
    await press(page, from, { x: from.x + 60, y: from.y - 140 })
    const lit = page.locator('.vue-flow__handle.lit')
    expect(await lit.evaluateAll((all) => all.every((one) => one.classList.contains('target')))).toBe(true)
    expect(await handle(page, 'Editors', 'draft', 'target').getAttribute('class')).toContain('lit')
    expect(await handle(page, 'Writers', 'brief', 'target').getAttribute('class')).toContain('dim')
    await page.mouse.up()
    const list = page.getByRole('listbox', { name: 'Add a node that fits' })
    await list.waitFor()
    expect(await list.getByRole('option', { name: /^Brief/ }).count()).toBe(0)
    await list.getByRole('option', { name: /^Evaluators/ }).click()
    await expect
      .poll(async () =>
        (await bench.draftOf(id)).edges.map(({ source, target }) => [source.node, target.port]),
      )
      .toContainEqual(['writer', 'draft'])
    await context.close()
  })

  test('a connection that can’t be says why and is not made', async () => {
    const id = await bench.imported(chain('Refused'))
    const { page, context } = await bench.open(id)
    const from = await middleOf(handle(page, 'Brief', 'brief', 'source'))
    await drag(page, from, await middleOf(handle(page, 'Ranking', 'evaluations', 'target')))
    await page.getByText('Brief is a brief, but Evaluations takes').first().waitFor()
    expect((await bench.draftOf(id)).edges).toHaveLength(1)
    await context.close()
  })

  test('a node that is let go on a connection is put into it, moved and connected as one step', async () => {
    const id = await bench.imported(
      flow('Between', {
        nodes: [step('w', 'writer', 0, 0), step('e', 'evaluator', 900, 0), step('d', 'editor', 450, 300)],
        edges: [wire('w', 'drafts', 'e', 'draft')],
      }),
    )
    const { page, context } = await bench.open(id)
    const before = await bench.draftOf(id)
    const edge = await middleOf(page.locator('.vue-flow__edge-path').first())
    await press(page, await middleOf(node(page, 'Editors')), edge)
    await page.locator('.vue-flow__edge.open').waitFor({ state: 'attached' })
    await page.mouse.up()
    const ends = async () =>
      (await bench.draftOf(id)).edges.map(({ source, target }) => `${source.node} ${target.node}`).toSorted()
    await expect.poll(ends).toEqual(['d e', 'w d'])
    await page.keyboard.press('Control+z')
    await expect.poll(() => bench.draftOf(id)).toEqual(before)
    await context.close()
  })

  test('a group follows its members, takes in what is dropped into it and lets go of what is dragged out, one step each', async () => {
    const id = await bench.imported(
      flow('Grouped', {
        nodes: [
          step('a', 'brief', 0, 0, { title: 'One' }),
          step('b', 'writer', 400, 0, { title: 'Two' }),
          step('c', 'rank', 0, 600, { title: 'Three' }),
        ],
        groups: [{ id: 'g', title: '<b>Team</b>', nodes: ['a', 'b'] }],
      }),
    )
    const { page, context } = await bench.open(id)
    const group = page.locator('.vue-flow__node-group')
    const members = async () => (await bench.draftOf(id)).groups[0]?.nodes.toSorted()
    const { zoom } = await viewOf(page)
    const by = async (name: string, x: number, y: number, meanwhile: () => Promise<void>) => {
      const from = await middleOf(node(page, name))
      await press(page, from, { x: from.x + x * zoom, y: from.y + y * zoom })
      await meanwhile()
      await page.mouse.up()
    }
    const wide = (await boxOf(group)).width
    await by('Two', 80, 40, async () => {
      await expect.poll(async () => (await boxOf(group)).width).toBeGreaterThan(wide + 40 * zoom)
    })
    await expect.poll(members).toEqual(['a', 'b'])
    await by('Three', 200, -580, () => page.getByText('Let go to put it into “<b>Team</b>”').waitFor())
    await expect.poll(members).toEqual(['a', 'b', 'c'])
    await page.keyboard.press('Control+z')
    await expect.poll(members).toEqual(['a', 'b'])
    await expect.poll(async () => (await places(id))['c']).toEqual({ x: 0, y: 600 })
    await by('Two', 0, 560, () => page.getByText('Let go to take it out of “<b>Team</b>”').waitFor())
    await expect.poll(members).toEqual(['a'])
    const { x, y } = await boxOf(group)
    await drag(page, { x: x + 12, y: y + 6 }, { x: x + 12 + 100 * zoom, y: y + 6 + 100 * zoom })
    await expect.poll(async () => (await places(id))['a']).toEqual({ x: 100, y: 100 })
    await context.close()
  })

  test('with a finger: one pans, two pinch, a node follows a drag, and one that rests opens the menu', async () => {
    const id = await bench.imported(three('Touch'))
    const { page, context } = await bench.open(id, { viewport: SIZES.tablet, hasTouch: true, isMobile: true })
    const touch = fingers(await context.newCDPSession(page))
    const start = await viewOf(page)
    await touch.drag([{ x: 400, y: 900 }], [{ x: 300, y: 780 }])
    await settled(page)
    const panned = await viewOf(page)
    expect([panned.x - start.x, panned.y - start.y].map(Math.round)).toEqual([-100, -120])
    await touch.drag(
      [
        { x: 380, y: 800 },
        { x: 440, y: 800 },
      ],
      [
        { x: 320, y: 800 },
        { x: 500, y: 800 },
      ],
    )
    await settled(page)
    const { zoom } = await viewOf(page)
    expect(zoom).toBeGreaterThan(panned.zoom * 1.5)
    await page.getByRole('button', { name: 'Show everything' }).tap()
    await settled(page)
    const before = (await places(id))['b']
    const from = await middleOf(node(page, 'Two'))
    await touch.drag([from], [{ x: from.x + 20, y: from.y + 160 }])
    await expect.poll(async () => (await places(id))['b']).not.toEqual(before)
    const at = await middleOf(node(page, 'Three'))
    await touch.down([at])
    await page.getByRole('menu').waitFor()
    await touch.up()
    await page.getByRole('menuitem', { name: /^Duplicate/ }).tap()
    await expect.poll(async () => (await bench.draftOf(id)).nodes.length).toBe(4)
    await context.close()
  })

  test('a comparison draws what went as well, says how much differs and is walked by keyboard', async () => {
    const id = await bench.imported({
      ...eight('Compared'),
      groups: [
        { id: 'group', title: 'The last', nodes: ['n6', 'n7'] },
        { id: 'first', title: 'The first', nodes: ['n0'] },
      ],
    })
    const { page, context } = await bench.open(id)
    await page.locator('.vue-flow__node-note').click()
    await page.keyboard.press('Delete')
    await page.getByRole('button', { name: 'Show everything' }).click()
    await settled(page)
    await node(page, 'Step 3').click()
    await page.keyboard.press('Delete')
    await node(page, 'Step 2').click()
    await page.keyboard.press('d')
    await compareWithFirst(page)
    const drawn = (mark: string) => page.locator(`.vue-flow__node [class*="mark-${mark}"]`)
    await expect.poll(() => drawn('removed').count()).toBe(2)
    expect(await drawn('changed').count()).toBe(1)
    const legend = page.getByRole('region', { name: 'Differences' })
    const counts = await legend.getByRole('listitem').allInnerTexts()
    expect(counts.map((text) => text.replace(/\s+/g, ' '))).toEqual(['− 2 removed', '≠ 1 changed'])
    await page.getByRole('application').focus()
    for (const name of ['Step 2', null, null]) {
      await page.keyboard.press('.')
      if (name) await page.locator(`.vue-flow__node.selected[aria-label^="${name},"]`).waitFor()
    }
    await legend.getByText('3 of 3').waitFor()
    await page.keyboard.press(',')
    await legend.getByText('2 of 3').waitFor()
    await photograph(page, 'canvas-differences')
    expect(await axeFindings(page)).toEqual([])
    await context.close()
  })

  test('titles, annotations, notes and groups that are HTML are shown as text', async () => {
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    const id = await bench.imported(
      flow(hostile, {
        nodes: [step('a', 'brief', 0, 0, { title: hostile, annotation: hostile })],
        notes: [{ id: 'n', text: hostile, position: { x: 0, y: 300 } }],
        groups: [{ id: 'g', title: hostile, nodes: ['a'] }],
      }),
    )
    const { page, complaints, context } = await bench.open(id)
    for (const place of ['.step .title', '.annotation', '.note p', '.group .title', 'h1'])
      expect(await page.locator(place).first().innerText(), place).toContain('<img src=x')
    await page.locator('.vue-flow__node-step').click()
    await page.getByRole('complementary', { name: 'Settings' }).waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(await page.title()).not.toBe('1')
    expect(complaints).toEqual([])
    await context.close()
  })
})

/** Everything drawn lies within the canvas and under none of its buttons. */
async function allInView(page: Page, count: number) {
  const canvas = await boxOf(page.getByRole('application'))
  const tools = await boxOf(page.getByRole('toolbar', { name: 'View', exact: true }))
  const all = page.locator('.vue-flow__node')
  await expect.poll(() => all.count()).toBeGreaterThanOrEqual(count)
  for (const one of await all.all()) {
    const { x, y, width, height } = await boxOf(one)
    expect(x).toBeGreaterThanOrEqual(canvas.x)
    expect(y).toBeGreaterThanOrEqual(canvas.y)
    expect(x + width).toBeLessThanOrEqual(canvas.x + canvas.width)
    expect(y + height).toBeLessThanOrEqual(canvas.y + canvas.height)
    expect(y + height <= tools.y || x >= tools.x + tools.width).toBe(true)
  }
}

async function compareWithFirst(page: Page) {
  await page.getByRole('button', { name: 'History', exact: true }).click()
  await page.getByRole('tab', { name: 'Edits' }).click()
  await page.locator('#history li button').last().click()
}

interface Spot {
  x: number
  y: number
}

/** Real touches, as the browser gets them from a screen. */
function fingers(session: CDPSession) {
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', spots: readonly Spot[]) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: spots.map(({ x, y }, id) => ({ x, y, id })),
    })
  return {
    down: (spots: readonly Spot[]) => send('touchStart', spots),
    up: () => send('touchEnd', []),
    async drag(from: readonly Spot[], to: readonly Spot[]) {
      await send('touchStart', from)
      for (let part = 1; part <= 8; part++) {
        const on = from.map(({ x, y }, at) => ({
          x: x + ((to[at]?.x ?? x) - x) * (part / 8),
          y: y + ((to[at]?.y ?? y) - y) * (part / 8),
        }))
        await send('touchMove', on)
      }
      await send('touchEnd', [])
    },
  }
}
