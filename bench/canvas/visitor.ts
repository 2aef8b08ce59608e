import type { Browser, Page } from 'playwright-core'
import { meterOf } from './costs.ts'
import { drawing, watchDrawing } from './drawing.ts'

const WINDOW = { width: 1440, height: 900 }
const PATIENCE_MS = 240_000

/** A browser that has never been here: nothing in its cache, no copy of the draft. */
export async function fresh(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: WINDOW })
  await context.addInitScript(watchDrawing)
  context.setDefaultTimeout(PATIENCE_MS)
  return context.newPage()
}

export async function freshAndSignedIn(browser: Browser, url: string, cookie: string): Promise<Page> {
  const page = await fresh(browser)
  const cookies = cookie.split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url }
  })
  await page.context().addCookies(cookies)
  return page
}

/** From the navigation to the canvas. */
export const openCold = (page: Page, url: string) =>
  measured(page, async () => {
    await page.goto(url, { waitUntil: 'commit' })
    return drawing(page)
  })

/** From the click on "Edit" on the flow's page, the studio being loaded. */
export async function openFromStudio(page: Page, flowUrl: string) {
  await page.goto(flowUrl)
  const edit = page.locator('ion-button', { hasText: 'Edit' }).first()
  await edit.waitFor()
  await page.waitForLoadState('networkidle')
  await page.waitForTimeout(1_000)
  return measured(page, async () => {
    await edit.click()
    return drawing(page, 'click')
  })
}

async function measured(page: Page, open: () => ReturnType<typeof drawing>) {
  const meter = await meterOf(page)
  const before = await meter.busy()
  const drawn = await open()
  const busyMs = (await meter.busy()) - before
  await meter.close()
  return { ...drawn, busyMs }
}
