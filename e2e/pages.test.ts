/** Every page and everything that opens over one, in both appearances: for axe to find nothing, and to be looked at. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import brief from '../templates/linkedin-post-swarm/brief.json' with { type: 'json' }
import { axeFindings, hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, OWNER, eventsOf, signedIn } from './support/signed-in.ts'
import { canvas, checked, draftOf, node, openCanvas, seen, settled, signIn } from './support/studio.ts'

const TEMPLATE = 'linkedin-post-swarm'

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client
let runId: string
let flowId: string
let findingsOfSetup: string[]
let routes: string[]

/** How each route's page is reached and known to be there. `/setup` is only there before anybody is. */
const PAGES: Record<string, (page: Page) => Promise<unknown>> = {
  '/': (page) => visit(page, '/', 'What shall we write?'),
  '/gallery': (page) => visit(page, '/gallery', 'What shall we write?'),
  '/gallery/:template': (page) => visit(page, `/gallery/${TEMPLATE}`, 'Use the sample brief'),
  '/runs': (page) => visit(page, '/runs', brief.topic),
  '/runs/:run': (page) => visit(page, `/runs/${runId}`, 'Read the results'),
  '/runs/:run/results': (page) => visit(page, `/runs/${runId}/results`, 'Winner'),
  '/inbox': (page) => visit(page, '/inbox', /nothing waits|Nothing/i),
  '/inbox/:approval': (page) => visit(page, '/inbox/none', /no such|not here|not there/i),
  '/flows': (page) => visit(page, '/flows', 'LinkedIn post swarm'),
  '/flows/:flow': (page) => visit(page, `/flows/${flowId}`, 'Evaluators'),
  '/flows/:flow/edit': (page) => openCanvas(page, server.url, flowId),
  '/flows/:flow/triggers': (page) => visit(page, `/flows/${flowId}/triggers`, 'Nothing starts it by itself'),
  '/flows/:flow/brief': (page) => visit(page, `/flows/${flowId}/brief`, 'Use the sample brief'),
  '/admin': (page) => visit(page, '/admin', 'The only owner'),
  '/admin/members': (page) => visit(page, '/admin/members', 'The only owner'),
  '/admin/invitations': (page) => visit(page, '/admin/invitations', 'Nobody is invited'),
  '/admin/teams': (page) => visit(page, '/admin/teams', 'No teams yet'),
  '/admin/roles': (page) => visit(page, '/admin/roles', 'What each role may do'),
  '/admin/keys': (page) => visit(page, '/admin/keys', 'No keys yet'),
  '/admin/models': (page) => visit(page, '/admin/models', 'No models of your own yet'),
  '/admin/connections': (page) => visit(page, '/admin/connections', 'No connections yet'),
  '/admin/secrets': (page) => visit(page, '/admin/secrets', 'No secrets yet'),
  '/admin/sign-on': (page) => visit(page, '/admin/sign-on', 'No provider yet'),
  '/admin/notices': (page) => visit(page, '/admin/notices', 'By webhook'),
  '/admin/budgets': (page) => visit(page, '/admin/budgets', 'Limits of a month'),
  '/admin/audit': (page) => visit(page, '/admin/audit', 'Start a run'),
  '/admin/organisation': (page) => visit(page, '/admin/organisation', 'Here since'),
  '/account': (page) => visit(page, '/account', OWNER.email),
  '/:rest(.*)*': (page) => visit(page, '/nowhere/at/all', /not here|not found|no page|nothing/i),
}
/** On narrower screens a panel makes room for the canvas. */
const WIDE = ['desktop'] as const
const WITHOUT_A_SESSION = ['/setup', '/sign-in', '/invitation/:token', '/reset/:token', '/forms/:path']

async function visit(page: Page, path: string, words: string | RegExp) {
  await page.goto(`${server.url}${path}`)
  await seen(page, words).waitFor()
}

describe.skipIf(!hasChromium())('every page (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    data = await dataFolder()
    server = await startServer(data.path)
    browser = await launch()
    // Before there is anybody, for afterwards nobody gets to see it any more.
    const { page, context } = await openPage(browser)
    await visit(page, '/setup', 'Set up your pressroom')
    findingsOfSetup = await axeFindings(page)
    routes = await routesOf(page)
    await context.close()
    client = await signedIn(server.url)
    const started = await client.runs.start.mutate({ target: { template: TEMPLATE }, input: { brief } })
    runId = started.runId
    await eventsOf(client, runId).ended
    flowId = (await client.runs.get.query({ id: runId })).flow.id ?? ''
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await data.remove()
  })

  test('no page of the router has anything for axe to find, in light and in dark', async () => {
    const { page, context, complaints } = await openPage(browser)
    expect(routes.toSorted()).toEqual([...WITHOUT_A_SESSION, ...Object.keys(PAGES)].toSorted())
    expect(findingsOfSetup).toEqual([])
    await visit(page, '/sign-in', 'Sign in')
    expect(await axeFindings(page)).toEqual([])
    await signIn(context, server.url)
    for (const [path, open] of Object.entries(PAGES)) {
      await open(page)
      expect(await axeFindings(page), path).toEqual([])
    }
    expect(complaints).toEqual([])
    await context.close()
  })

  test('no list, sheet or dialog over the canvas has anything for axe to find', async () => {
    const { page, context, complaints } = await openPage(browser)
    await signIn(context, server.url)
    await openCanvas(page, server.url, flowId)
    await node(page, 'Editors').waitFor()
    const clean = async (what: string) => expect(await axeFindings(page), what).toEqual([])
    const overlay = async (what: string, keys: string, there: string) => {
      await page.keyboard.press(keys)
      await page
        .locator('dialog[open]')
        .getByText(there)
        .or(page.getByRole('combobox', { name: there }))
        .first()
        .waitFor()
      await clean(what)
      await page.keyboard.press('Escape')
      await page.locator('dialog[open]').waitFor({ state: 'detached' })
    }
    await canvas(page).focus()
    await overlay('adding a node', '/', 'Add a node')
    await overlay('command palette', 'Control+k', 'All commands')
    await overlay('search', 'Control+f', 'Find on the canvas')
    await overlay('shortcuts', '?', 'Keyboard shortcuts')

    expect(complaints).toEqual([])
    await context.close()
  })

  test('no inspector has anything for axe to find, of a node, of several, of a note and with problems', async () => {
    const { page, context, complaints } = await openPage(browser)
    await signIn(context, server.url)
    await openCanvas(page, server.url, flowId)
    await node(page, 'Editors').waitFor()
    const clean = async (what: string) => expect(await axeFindings(page), what).toEqual([])
    for (const name of ['Brief', 'Writers', 'Editors', 'Evaluators', 'Ranking', 'Deliverable']) {
      // The settings, which come with a selection, take room from the canvas.
      await page.getByRole('button', { name: 'Show everything' }).click()
      await settled(page)
      await node(page, name).click({ position: { x: 60, y: 20 } })
      await page.getByRole('complementary').getByRole('heading', { name }).waitFor()
      await clean(`inspector of ${name}`)
    }
    await node(page, 'Deliverable').click({ button: 'right', position: { x: 60, y: 20 } })
    await page.getByRole('menu').waitFor()
    await clean('menu')
    await page.keyboard.press('Escape')
    await page.keyboard.press('F2')
    await page.getByRole('dialog').getByRole('textbox').waitFor()
    await clean('renaming')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+a')
    await clean('inspector of several')
    await page.keyboard.press('Control+g')
    await page.keyboard.press('n')
    await page.getByLabel('Text of the note').fill('Mind the gap')
    await page.keyboard.press('Escape')
    await clean('note and group')

    await page.getByRole('button', { name: 'Add Text from a template' }).click()
    await page.getByRole('button', { name: /edit in full screen/ }).click()
    await page.getByRole('dialog').getByRole('textbox').first().waitFor()
    await page.keyboard.type('Dear {{ ')
    await checked(page, 'long-text', WIDE)
    await page.getByRole('button', { name: 'Close the editor' }).click()
    await clean('a node with problems')

    expect(complaints).toEqual([])
    await context.close()
  })

  test('trying, replaying, comparing and publishing have nothing for axe to find', async () => {
    const { page, context, complaints } = await openPage(browser)
    await signIn(context, server.url)
    await openCanvas(page, server.url, flowId)
    await node(page, 'Editors').waitFor()
    const clean = async (what: string) => expect(await axeFindings(page), what).toEqual([])
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByRole('button', { name: 'Use the sample brief' }).waitFor()
    await clean('trial')
    await page.getByRole('tab', { name: 'Past runs' }).click()
    await page.getByRole('button', { name: new RegExp(brief.topic.slice(0, 20)) }).click()
    await page.getByRole('button', { name: 'Replay' }).waitFor()
    await page
      .getByRole('region', { name: 'Nodes of the run' })
      .getByRole('button', { name: /^Writers/ })
      .click()
    for (const form of ['Text', 'Table', 'JSON']) {
      await page.getByRole('tab', { name: form }).click()
      await clean(`items as ${form}`)
    }
    await page.getByRole('button', { name: 'Replay' }).click()
    await page.getByRole('slider').first().waitFor()
    await checked(page, 'replay', WIDE)

    await page.getByRole('button', { name: 'History' }).click()
    for (const tab of ['Edits', 'Export', 'Versions']) {
      await page.getByRole('tab', { name: tab }).click()
      await clean(`history, ${tab}`)
    }
    await page.getByRole('button', { name: /^Version 1/ }).click()
    await page.getByRole('region', { name: 'Since version 1' }).waitFor()
    await checked(page, 'comparison', WIDE)
    await page.getByRole('button', { name: 'Publish the draft' }).click()
    await page.getByLabel('What changed').waitFor()
    await checked(page, 'publish', WIDE)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('importing and naming a flow have nothing for axe to find, with findings and without', async () => {
    const { page, context } = await openPage(browser)
    await signIn(context, server.url)
    await visit(page, '/flows', 'LinkedIn post swarm')
    await page.getByRole('button', { name: 'New flow' }).click()
    await page.getByRole('alertdialog').getByRole('textbox').waitFor()
    expect(await axeFindings(page), 'naming').toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Import' }).click()
    await page.getByLabel('Or paste its text').waitFor()
    expect(await axeFindings(page), 'import').toEqual([])
    await page.getByLabel('Or paste its text').fill('{"schemaVersion": 1')
    await page.getByRole('button', { name: 'Look at it' }).click()
    await page.getByText('it can’t be read as JSON').waitFor()
    expect(await axeFindings(page), 'not JSON').toEqual([])
    const draft = await draftOf(client, flowId)
    await page.getByLabel('Or paste its text').fill(JSON.stringify({ ...draft, edges: [] }))
    await page.getByRole('button', { name: 'Look at it' }).click()
    await page.getByRole('button', { name: 'Create the flow' }).waitFor()
    await checked(page, 'import')
    await context.close()
  })
})

/** Asked of the running studio, so that no page can be added without being looked at here. */
const routesOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    interface Mounted extends Element {
      __vue_app__?: { config: { globalProperties: { $router: { getRoutes(): { path: string }[] } } } }
    }
    const app = document.querySelector<Mounted>('#app')?.__vue_app__
    return app?.config.globalProperties.$router.getRoutes().map(({ path }) => path) ?? []
  })
