import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Flow, type NodeManifest, connectionChoice, schedule, z } from '#graph'
import { axeFindings, hasChromium, launch, openPage, photograph } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, cookieOf, eventsOf, signedIn } from './support/signed-in.ts'

const TEMPLATE = join(import.meta.dirname, '..', 'templates', 'blog-post-swarm')
const readJson = async (name: string) => JSON.parse(await readFile(join(TEMPLATE, name), 'utf8')) as unknown

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client

describe.skipIf(!hasChromium())(
  'the inspector in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)',
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

    test('what a run may use, and whose steps go first, are settings of the flow', async () => {
      const { page, complaints, flowId } = await opened(await swarm())
      await page.locator('input#inspector-flow-calls').fill('50')
      await page.locator('input#inspector-flow-cost').fill('1.5')
      await page.getByText('High', { exact: true }).click()
      await saved(page)
      const limits = async () => (await draftOf(flowId)).limits
      const budget = { calls: 50, costMicros: 1_500_000, warnPercent: 80 }
      await expect.poll(limits).toMatchObject({ budget, priority: 'high' })
      await checked(page, 'inspector-flow')

      await page.locator('input#inspector-flow-calls').fill('')
      await page.locator('input#inspector-flow-cost').fill('')
      await page.getByText('Normal', { exact: true }).click()
      await expect.poll(async () => Object.keys(await limits())).not.toContain('budget')
      expect(await limits()).not.toHaveProperty('priority')
      expect(complaints).toEqual([])
      await page.context().close()
    })

    test('an expression shows what it comes to: first for the sample brief, after a run for each item of it', async () => {
      const { page, complaints, flowId } = await opened(await swarm())
      await node(page, 'Teaser').click()
      const text = page.getByRole('textbox', { name: 'Text', exact: true })
      const value = page.getByRole('region', { name: 'What it comes to' })
      await text.fill('{{ input.writer.name }} on {{ input.brief.topic }}')
      await value.getByText('This flow has not run yet').waitFor()
      await expect.poll(() => value.locator('pre').textContent()).toMatch(/ on \S/)
      await value.getByText('input.writer.name').waitFor()

      await saved(page)
      const { runId } = await client.runs.start.mutate({
        target: { flowId, test: true },
        input: { brief: await readJson('brief.json') },
      })
      await eventsOf(client, runId).ended
      await page.reload()
      await page.getByRole('button', { name: 'Show everything' }).click()
      await node(page, 'Teaser').click()
      await value.getByText('Values of the run of').waitFor()
      const topic = ((await readJson('brief.json')) as { topic: string }).topic
      await expect.poll(() => value.locator('pre').textContent()).toBe(`Creative writer on ${topic}`)
      await value.getByText('1 of 6').waitFor()
      const labels = await value.getByRole('combobox').locator('option').allTextContents()
      expect(labels).toHaveLength(6)
      await value.getByRole('combobox').selectOption({ index: 3 })
      await value.getByText('4 of 6').waitFor()
      await expect.poll(() => value.locator('pre').textContent()).toBe(`Technical writer on ${topic}`)
      await checked(page, 'inspector-expression')

      await text.fill('First line\n{{ input.text | shout }}')
      await value.getByText('Line 2, character 1:').waitFor()
      await value.getByText('There is no filter called “shout”.').waitFor()
      await checked(page, 'inspector-template-fault')
      await value.getByRole('button', { name: 'Go there' }).click()
      expect(await text.evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(
        'First line\n'.length,
      )

      await node(page, 'Only good ones').click()
      await page.getByText('True for 6 of 6 items').click()
      await page.getByRole('img', { name: 'True for' }).first().waitFor()
      await page.getByRole('combobox', { name: 'Condition 1: comparison' }).selectOption('is-empty')
      await page.getByText('True for 0 of 6 items').waitFor()
      await checked(page, 'inspector-conditions')
      expect(complaints).toEqual([])
      await page.context().close()
    })

    test('reliability is set in plain words, and a node that sends failures on gets an output for them', async () => {
      const { page, complaints, flowId } = await opened(await swarm())
      await node(page, 'Teaser').click()
      await page.locator('summary').getByText('Reliability').click()
      await page.getByRole('spinbutton', { name: 'Attempts' }).fill('5')
      await page.getByRole('spinbutton', { name: 'Stop after so many seconds' }).fill('90')
      await page.getByRole('checkbox', { name: 'When it fails for good' }).check()
      await page.getByText('5 attempts, 90 s at most, failures go on').waitFor()
      await node(page, 'Teaser').locator('.vue-flow__handle.source[data-handleid="error"]').waitFor()
      await saved(page)
      const settings = { retry: { attempts: 5 }, timeoutSeconds: 90, onError: 'port' }
      const { nodes } = await draftOf(flowId)
      expect(nodes.find(({ title }) => title === 'Teaser')?.settings).toEqual(settings)
      await page.getByRole('checkbox', { name: 'When it fails for good' }).scrollIntoViewIfNeeded()
      await checked(page, 'inspector-reliability')
      expect(complaints).toEqual([])
    })

    test('in full screen, {{ and @ offer the fields that reach the node, by keyboard alone', async () => {
      const { page, complaints, flowId } = await opened(await swarm())
      await node(page, 'Teaser').click()
      await page.getByRole('button', { name: 'Text: edit in full screen' }).click()
      const dialog = page.getByRole('dialog', { name: 'Text' })
      const area = dialog.getByRole('textbox', { name: 'Text' })
      await area.fill('')
      await page.keyboard.type('On {{inp')
      await dialog.getByRole('option').first().waitFor()
      await page.keyboard.type('ut.brief.to')
      await page.keyboard.press('Enter')
      await page.keyboard.type(' for @run.input.brief.aud')
      await dialog.getByRole('option', { name: 'run.input.brief.audience' }).waitFor()
      await page.keyboard.press('Escape')
      await expect.poll(() => dialog.getByRole('option').count()).toBe(0)
      expect(await dialog.isVisible()).toBe(true)
      for (let left = '@run.input.brief.aud'.length; left > 0; left--) await page.keyboard.press('Backspace')
      await page.keyboard.type('@run.input.brief.aud')
      await page.keyboard.press('Tab')
      await expect
        .poll(() => area.inputValue())
        .toBe('On {{ input.brief.topic }} for {{ run.input.brief.audience }}')
      await dialog.getByRole('region', { name: 'What it comes to' }).locator('pre').waitFor()
      expect(await axeFindings(page)).toEqual([])
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      await expect
        .poll(async () => (await draftOf(flowId)).nodes.find(({ id }) => id === 'teaser')?.config['text'])
        .toBe('On {{ input.brief.topic }} for {{ run.input.brief.audience }}')
      expect(complaints).toEqual([])
      await page.context().close()
    })

    test('a press on a finding leads to its field, and the offered fix mends it', async () => {
      const flow = await swarm()
      const editors = flow.nodes.find(({ id }) => id === 'editors')
      if (editors) editors.config = { agents: [{ agent: 'clarity' }], maxEditCycles: 9 }
      flow.edges = flow.edges.filter(({ target }) => target.node !== 'writers')
      const { page, complaints, flowId } = await opened(flow)
      const list = page.getByRole('region', { name: 'To be mended' })
      await list.getByRole('button', { name: 'Takes a whole number from 1 to 5.' }).waitFor()
      await checked(page, 'inspector-findings')
      await list.getByRole('button', { name: 'Takes a whole number from 1 to 5.' }).click()
      await page.waitForFunction(() => document.activeElement?.id === 'inspector-config-maxEditCycles')
      await checked(page, 'inspector-finding')
      await page.getByRole('button', { name: 'Use 5' }).click()
      await page.locator('.vue-flow__pane').click({ position: { x: 20, y: 20 } })
      await showSettings(page)
      await list.getByRole('button', { name: /Nothing is connected to Brief/ }).click()
      await page.getByRole('button', { name: 'Connect “Brief”' }).click()
      await expect.poll(async () => client.flows.validate.mutate({ flow: await draftOf(flowId) })).toEqual([])
      expect(complaints).toEqual([])
      await page.context().close()
    })

    test('a schedule and a connection are chosen in plain words', async () => {
      const { page, complaints, flowId } = await opened(
        { ...(await swarm()), nodes: [], edges: [] },
        withTimer,
      )
      await page.getByRole('button', { name: 'Add Timer' }).click()
      await node(page, 'Timer').click()
      await page.getByRole('combobox', { name: 'How often' }).selectOption('week')
      await page.getByRole('checkbox', { name: 'Saturday' }).check({ force: true })
      const zone = page.getByRole('combobox', { name: 'Time zone' })
      await zone.fill('Lond')
      await page.getByText('“Lond” is no time zone yet').waitFor()
      await zone.fill('Asia/Tokyo')
      const times = page.getByRole('region', { name: 'Next times' })
      await times.getByText('09:00 GMT+9').first().waitFor()
      expect(await times.getByRole('listitem').count()).toBe(5)
      await page.getByText('Your organisation has no saved n8n connection.').waitFor()
      const when = async () => (await draftOf(flowId)).nodes[0]?.config['when']
      await expect.poll(when).toEqual({ cron: '0 9 * * 1,2,3,4,5,6', timeZone: 'Asia/Tokyo' })
      await checked(page, 'inspector-schedule')

      await page.getByRole('combobox', { name: 'How often' }).selectOption('own')
      await page.getByRole('textbox', { name: 'Cron expression' }).fill('0 25 * * *')
      await page.getByText('The hour “25” is not a value from 0 to 23.').waitFor()
      await checked(page, 'inspector-cron')
      await page.getByRole('button', { name: 'Use every day at 09:00' }).click()
      await expect.poll(when).toEqual({ cron: '0 9 * * *', timeZone: 'Asia/Tokyo' })
      expect(complaints).toEqual([])
      await page.context().close()
    })
  },
)

/** The blog swarm with a text and a branch behind its editors. */
async function swarm(): Promise<Flow> {
  const flow = (await readJson('flow.json')) as Flow
  const at = (y: number) => ({ x: 1_050, y })
  flow.nodes.push(
    {
      id: 'teaser',
      type: 'template-text',
      version: 1,
      title: 'Teaser',
      position: at(420),
      config: { text: 'Hi' },
    },
    {
      id: 'good',
      type: 'branch',
      version: 1,
      title: 'Only good ones',
      position: at(600),
      config: { conditions: [{ field: 'text', operator: 'is-not-empty' }] },
    },
  )
  const source = { node: 'editors', port: 'draft' }
  flow.edges.push(
    { id: 'to-teaser', source, target: { node: 'teaser', port: 'input' } },
    { id: 'to-good', source, target: { node: 'good', port: 'input' } },
  )
  return { ...flow, notes: flow.notes ?? [], groups: flow.groups ?? [] }
}

const timer: NodeManifest = {
  type: 'timer',
  version: 1,
  title: 'Timer',
  summary: 'Starts the flow at set times.',
  category: 'input',
  icon: 'time-outline',
  mode: 'all',
  config: z.toJSONSchema(
    z.object({
      when: schedule().meta({ title: 'When', description: 'How often the flow starts by itself.' }),
      through: connectionChoice('n8n').optional().meta({ title: 'Through' }),
    }),
  ),
  inputs: {},
  outputs: { out: { type: 'any', title: 'Out' } },
  uses: [],
  calls: [],
  examples: [],
}

/** The list of installed nodes, as the API answers it, with a node that no built-in plugin has. */
async function withTimer(page: Page) {
  await page.route(/\/trpc\/[^?]*nodes\.list/, async (route) => {
    const response = await route.fetch()
    const lines = (await response.text()).split('\n').map((line) => {
      if (!line.includes('"template-text"')) return line
      const answer = JSON.parse(line) as unknown
      addTo(answer)
      return JSON.stringify(answer)
    })
    await route.fulfill({ response, body: lines.join('\n') })
  })
}

function addTo(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return
  if (
    Array.isArray(answer) &&
    answer.some((one) => (one as { type?: string } | null)?.type === 'template-text')
  ) {
    answer.push(timer)
  } else for (const part of Object.values(answer)) addTo(part)
}

async function opened(flow: Flow, prepare: (page: Page) => Promise<void> = async () => {}) {
  const { page, complaints } = await openPage(browser)
  const cookies = (await cookieOf(server.url)).split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url: server.url }
  })
  await page.context().addCookies(cookies)
  await prepare(page)
  const { id: flowId } = await client.flows.import.mutate({ document: flow })
  await page.goto(`${server.url}/flows/${flowId}/edit`)
  await page.getByRole('application', { name: 'Canvas' }).waitFor()
  await page.getByRole('button', { name: 'Show everything' }).click()
  await showSettings(page)
  return { page, complaints, flowId }
}

const node = (page: Page, name: string): Locator => page.locator(`.vue-flow__node[aria-label^="${name},"]`)

const saved = (page: Page) =>
  page.getByText('Everything is stored on the server.').waitFor({ state: 'attached' })

const draftOf = async (flowId: string) => (await client.flows.get.query({ id: flowId })).draft

/** The settings come with a selection; without one, and on narrow screens, by their button. */
async function showSettings(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Settings', exact: true }).first()
  if ((await button.getAttribute('aria-pressed')) === 'false') await button.click()
  await page.getByRole('region', { name: 'Inspector' }).waitFor()
}

async function checked(page: Page, name: string): Promise<void> {
  await photograph(page, name, { settle: () => showSettings(page) })
  await showSettings(page)
  expect(await axeFindings(page), name).toEqual([])
}
