import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings, hasChromium, launch, openPage, photograph } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, cookieOf, signedIn } from './support/signed-in.ts'
import template from '../templates/blog-post-swarm/flow.json' with { type: 'json' }
import brief from '../templates/blog-post-swarm/brief.json' with { type: 'json' }

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client

describe.skipIf(!hasChromium())('sub-flows in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
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

  test('three nodes are collapsed, opened and edited inside with the keyboard alone, and a reload stays inside', async () => {
    const { page, complaints, flowId } = await swarm()
    const before = await draftOf(flowId)
    await collapseMiddle(page)
    await hasFocus(page, 'Sub-flow 1, sub-flow of 3 steps, connected to Ranking and Deliverable')
    expect(await page.locator('.vue-flow__node-step').count()).toBe(3)
    await expect.poll(async () => (await draftOf(flowId)).subflows.length).toBe(1)
    const collapsed = await draftOf(flowId)
    expect(collapsed.edges).toEqual(before.edges)
    const id = collapsed.subflows[0]?.id ?? ''
    expect(collapsed.nodes.filter(({ subflow }) => subflow === id).map((node) => node.id)).toEqual([
      'writers',
      'editors',
      'evaluators',
    ])
    await page.keyboard.press('F2')
    await page.getByRole('textbox', { name: 'Name' }).fill('Write and review')
    await page.keyboard.press('Enter')
    await hasFocus(page, 'Write and review, sub-flow')
    await checked(page, 'subflow-outside')

    await page.keyboard.press('Enter')
    await page.getByRole('navigation', { name: 'Where you are in the flow' }).waitFor()
    expect(await page.locator('[aria-current="page"]').textContent()).toBe('Write and review')
    await expect.poll(() => new URL(page.url()).searchParams.get('in')).toBe(id)
    expect(await names(page, 'step')).toEqual(['Writers', 'Editors', 'Evaluators'])
    expect(await names(page, 'border')).toEqual(['From Brief', 'To Ranking', 'To Deliverable'])
    await page.keyboard.press('ArrowRight')
    await hasFocus(page, 'Writers,')
    await page.keyboard.press('Tab')
    await page.locator('dialog').getByRole('combobox').waitFor()
    await page.keyboard.type('Editors')
    await page.keyboard.press('Enter')
    await hasFocus(page, 'Editors 2,')
    await expect.poll(async () => (await draftOf(flowId)).nodes.at(-1)?.subflow).toBe(id)
    await checked(page, 'subflow-inside')
    await page.reload()
    await page.locator('[aria-current="page"]').waitFor()
    expect(await names(page, 'step')).toHaveLength(4)

    await page.getByRole('button', { name: before.name }).focus()
    await page.keyboard.press('Enter')
    await hasFocus(page, 'Write and review, sub-flow of 4 steps')
    expect(new URL(page.url()).searchParams.get('in')).toBeNull()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('everything done with sub-flows is undone step by step, back to the very document there was', async () => {
    const { page, complaints, flowId } = await swarm()
    const before = await draftOf(flowId)
    await collapseMiddle(page)
    await hasFocus(page, 'Sub-flow 1,')
    await page.keyboard.press('Enter')
    await page.locator('[aria-current="page"]').waitFor()
    await page.keyboard.press('ArrowRight')
    await hasFocus(page, 'Writers,')
    await page.keyboard.press('d')
    await hasFocus(page, 'Writers, switched off')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await hasFocus(page, 'Sub-flow 1,')
    await page.keyboard.press('Control+d')
    await expect.poll(async () => (await draftOf(flowId)).nodes.length).toBe(9)
    await page.keyboard.press('Delete')
    await expect.poll(async () => (await draftOf(flowId)).nodes.length).toBe(6)
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Escape')
    const undo = page.getByRole('button', { name: 'Undo' })
    while (await undo.isEnabled()) await undo.click()
    await expect.poll(() => draftOf(flowId)).toEqual(before)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('borders lead to the node outside, problems and search to the level where a node lies, dissolving back', async () => {
    const { page, flowId } = await swarm()
    await collapseMiddle(page)
    await hasFocus(page, 'Sub-flow 1,')
    await page.keyboard.press('Enter')
    await page.locator('[aria-current="page"]').waitFor()
    await page.locator('.vue-flow__node-border[aria-label^="To Ranking"]').click()
    await hasFocus(page, 'Ranking,')
    await page.keyboard.press('Control+f')
    await page.keyboard.type('Editors')
    await page.keyboard.press('Enter')
    await hasFocus(page, 'Editors,')
    await page.locator('[aria-current="page"]').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Alt+ArrowUp')
    await hasFocus(page, 'Sub-flow 1,')
    await page.locator('.vue-flow__node-subflow').dblclick()
    await page.locator('[aria-current="page"]').waitFor()
    await page.keyboard.press('Escape')
    await hasFocus(page, 'Sub-flow 1,')
    await page.keyboard.press('Alt+g')
    await page.getByText('3 items moved out').first().waitFor()
    await expect.poll(async () => (await draftOf(flowId)).subflows).toEqual([])
    const flow = await draftOf(flowId)
    expect(flow.nodes.some(({ subflow }) => subflow !== undefined)).toBe(false)
    await page.context().close()
  })

  test('a connection to a port of a sub-flow is one to the port of the node inside', async () => {
    const { page, flowId } = await swarm()
    await page.locator('.vue-flow__node[aria-label^="Brief,"]').click()
    await page.keyboard.press('Tab')
    await page.keyboard.type('Writers')
    await page.keyboard.press('Enter')
    await hasFocus(page, 'Writers 2,')
    await expect.poll(async () => (await draftOf(flowId)).nodes.length).toBe(7)
    const made = (await draftOf(flowId)).nodes.at(-1)?.id
    await page.keyboard.press('Control+Shift+G')
    await hasFocus(page, 'Sub-flow 1,')
    await page.keyboard.press('c')
    await page.keyboard.type('Editors')
    await page.keyboard.press('Enter')
    await expect
      .poll(async () => (await draftOf(flowId)).edges.at(-1))
      .toMatchObject({
        source: { node: made, port: 'drafts' },
        target: { node: 'editors', port: 'draft' },
      })
    await page.context().close()
  })

  test('a flow with sub-flows publishes and runs to its end as it would without', async () => {
    const { page, flowId } = await swarm()
    await collapseMiddle(page)
    await hasFocus(page, 'Sub-flow 1,')
    await expect.poll(async () => (await draftOf(flowId)).subflows.length).toBe(1)
    const { findings } = await client.flows.publish.mutate({ id: flowId, message: 'With a sub-flow' })
    expect(findings).toEqual([])
    const { runId } = await client.runs.start.mutate({ target: { flowId }, input: { brief }, seed: 1 })
    await expect
      .poll(async () => (await client.runs.get.query({ id: runId })).status, { timeout: 60_000 })
      .toBe('succeeded')
    await page.context().close()
  })
})

async function swarm() {
  const { page, complaints } = await openPage(browser)
  const cookies = (await cookieOf(server.url)).split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url: server.url }
  })
  await page.context().addCookies(cookies)
  const { id: flowId } = await client.flows.import.mutate({ document: template })
  await page.goto(`${server.url}/flows/${flowId}/edit`)
  await page.getByRole('application', { name: 'Canvas' }).waitFor()
  await page.locator('.vue-flow__node[aria-label^="Deliverable,"]').waitFor()
  return { page, complaints, flowId }
}

async function collapseMiddle(page: Page) {
  await page.locator('.vue-flow__node[aria-label^="Writers,"]').focus()
  await page.keyboard.press('ArrowRight')
  await hasFocus(page, 'Brief,')
  await page.keyboard.press('ArrowRight')
  await hasFocus(page, 'Writers,')
  await page.keyboard.press('Shift+ArrowRight')
  await hasFocus(page, 'Editors,')
  await page.keyboard.press('Shift+ArrowUp')
  await hasFocus(page, 'Evaluators,')
  await page.keyboard.press('Control+Shift+G')
}

const hasFocus = (page: Page, start: string) =>
  page.waitForFunction((name) => document.activeElement?.getAttribute('aria-label')?.startsWith(name), start)

const names = (page: Page, kind: 'step' | 'border') =>
  page
    .locator(`.vue-flow__node-${kind}`)
    .evaluateAll((nodes) => nodes.map((node) => (node.getAttribute('aria-label') ?? '').split(',')[0]))

const draftOf = async (flowId: string) => (await client.flows.get.query({ id: flowId })).draft

async function checked(page: Page, name: string): Promise<void> {
  await photograph(page, name)
  expect(await axeFindings(page), name).toEqual([])
}
