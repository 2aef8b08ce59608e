import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, setupCodes, startServer } from './support/pressroom.ts'
import { checked, seen, tabTo } from './support/studio.ts'

const OWNER = { name: 'Mara Lindqvist', email: 'mara@example.com', password: 'a long enough password' }

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser

describe.skipIf(!hasChromium())('the studio in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    data = await dataFolder()
    server = await startServer(data.path)
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await data.remove()
  })

  test('first start: an administrator is made on screen, picks a swarm, answers the brief, watches the run and reads ranked drafts', async () => {
    const { page, complaints } = await openPage(browser)
    await page.goto(server.url)
    await page.getByRole('heading', { name: 'Set up your pressroom' }).waitFor()
    await checked(page, 'setup')
    await page.getByLabel('Setup code').fill(setupCodes.get(server.url) ?? '')
    await page.getByLabel('Your name').fill(OWNER.name)
    await page.getByLabel('E-mail').fill(OWNER.email)
    await page.getByLabel('Password').fill(OWNER.password)
    await page.getByLabel('Organisation').fill('Harbour & Finch')
    await page.getByRole('button', { name: 'Create and sign in' }).click()

    await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
    await seen(page, 'Sample model: no AI').waitFor()
    await page.getByRole('link', { name: /Blog post swarm/ }).waitFor()
    await checked(page, 'gallery')
    await page.getByRole('link', { name: /Blog post swarm/ }).click()

    await page.getByRole('button', { name: 'Use the sample brief' }).click()
    await seen(page, 'Nothing leaves the building.').waitFor()
    const plan = page.getByRole('region', { name: 'Plan' })
    expect(await plan.innerText()).toMatch(/6\s*drafts/)
    await checked(page, 'brief')
    await plan.getByRole('button', { name: 'Run' }).click()

    await page.waitForURL(/\/runs\/run_/)
    await seen(page, 'Read the results').waitFor()
    await seen(page, '29 of 29').waitFor()
    await checked(page, 'run')
    await seen(page, 'Read the results').click()

    await page.waitForURL(/\/results$/)
    await seen(page, 'Winner').waitFor()
    await seen(page, 'Sample model: no AI').waitFor()
    expect(await page.getByRole('table').getByRole('row').count()).toBeGreaterThanOrEqual(7)
    await checked(page, 'results')
    for (const [tab, name] of [
      ['Scores and reasons', 'scores'],
      ['Side by side', 'side-by-side'],
      ['Revisions', 'revisions'],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click()
      await checked(page, `results-${name}`)
    }
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('sign-in refuses a wrong password with what to do, and lets the right one in', async () => {
    const { page } = await openPage(browser)
    await page.goto(server.url)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await signIn(page, 'not the password')
    await page.getByRole('alert').waitFor()
    await checked(page, 'sign-in')
    await signIn(page, OWNER.password)
    await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/gallery')
    await page.context().close()
  })

  test('a reload in the middle of a run and after it shows the very same steps', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${server.url}/sign-in`)
    await signIn(page, OWNER.password)
    await page.getByRole('link', { name: /LinkedIn post swarm/ }).click()
    await page.getByRole('button', { name: 'Use the sample brief' }).click()
    await page.getByRole('region', { name: 'Plan' }).getByRole('button', { name: 'Run' }).click()
    await page.waitForURL(/\/runs\/run_/)
    await page.reload()
    await seen(page, 'Read the results').waitFor()
    const lanes = () => page.locator('.lanes').filter({ visible: true }).innerText()
    const before = await lanes()
    await page.reload()
    await seen(page, 'Read the results').waitFor()
    await expect.poll(lanes).toBe(before)
    await page.context().close()
  })

  test('the keyboard alone gets from the gallery to a started run', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${server.url}/sign-in`)
    await signIn(page, OWNER.password)
    await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
    await tabTo(page, /Press release swarm/)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Use the sample brief' }).waitFor()
    await tabTo(page, /Use the sample brief/)
    await page.keyboard.press('Enter')
    await seen(page, 'Nothing leaves the building.').waitFor()
    await tabTo(page, /^Run$/)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/runs\/run_/)
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    await page.context().close()
  })

  test('lists and flows are there to be looked at, in both appearances and at every size', async () => {
    const { page, complaints } = await openPage(browser)
    await page.goto(`${server.url}/sign-in`)
    await signIn(page, OWNER.password)
    await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
    await page.goto(`${server.url}/runs`)
    await seen(page, 'Blog post swarm').waitFor()
    await checked(page, 'runs')
    await page.goto(`${server.url}/flows`)
    await seen(page, 'Blog post swarm').click()
    await page.waitForURL(/\/flows\/.+/)
    await seen(page, 'Evaluators').waitFor()
    await checked(page, 'flow')
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(OWNER.email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
