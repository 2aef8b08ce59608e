/** What tests do in the studio as people would: sign in, open a canvas, build, look. */
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Size, axeFindings, photograph } from './browser.ts'
import { type Client, type Person, cookieOf } from './signed-in.ts'

/** Text on the page in front: pages behind it stay in the document, hidden. */
export const seen = (page: Page, text: string | RegExp): Locator =>
  page.getByText(text).filter({ visible: true }).first()

/** Screenshots, at all sizes unless told otherwise, and nothing for axe to find. */
export async function checked(page: Page, name: string, sizes?: readonly Size[]): Promise<void> {
  await photograph(page, name, sizes ? { sizes } : {})
  expect(await axeFindings(page), name).toEqual([])
}

/** Presses Tab until what has the focus has this name; inside a component's shadow root too. */
export async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  const passed: string[] = []
  while (passed.length < 120) {
    await page.keyboard.press(key)
    const focused = await focusedName(page)
    if (name.test(focused)) return
    passed.push(focused)
  }
  const reached = [...new Set(passed.map((one) => one.slice(0, 40)))]
  throw new Error(`the Tab key does not reach ${name}, only ${reached.join(' | ')}`)
}

const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let name = ''
    let element = document.activeElement
    // What lies in a shadow root may have its words outside of it.
    for (; element instanceof HTMLElement; element = element.shadowRoot?.activeElement ?? null) {
      const labels = (element as HTMLInputElement).labels as NodeListOf<HTMLElement> | null | undefined
      name = (element.getAttribute('aria-label') ?? (labels?.[0]?.innerText || element.innerText)) || name
    }
    return name.trim()
  })

/** As another browser in which this person has signed in already. */
export async function signIn(context: BrowserContext, url: string, who?: Person): Promise<void> {
  const cookies = (await cookieOf(url, who)).split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url }
  })
  await context.addCookies(cookies)
}

export async function openCanvas(page: Page, url: string, flowId: string): Promise<void> {
  await page.goto(`${url}/flows/${flowId}/edit`)
  await canvas(page).waitFor()
}

export const canvas = (page: Page): Locator => page.getByRole('application', { name: 'Canvas' })

export const node = (page: Page, name: string): Locator =>
  page.locator(`.vue-flow__node[aria-label^="${name},"]`)

export const handle = (page: Page, name: string, port: string, side: 'source' | 'target'): Locator =>
  node(page, name).locator(`.vue-flow__handle.${side}[data-handleid="${port}"]`)

/** The indicator of how far the draft is stored: its word, and its whole sentence where that is asked for. */
export async function says(page: Page, words: string): Promise<void> {
  await page.locator('.bar [role="status"]').getByText(words).waitFor({ state: 'attached' })
}

export const hasFocus = (page: Page, name: string) =>
  page.waitForFunction(
    (start) => document.activeElement?.getAttribute('aria-label')?.startsWith(start),
    `${name},`,
  )

export async function middleOf(place: Locator) {
  const box = await place.boundingBox()
  if (!box) throw new Error('there is nothing to drag from or to')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

export async function drag(page: Page, from: Locator, to: Locator | { x: number; y: number }): Promise<void> {
  const start = await middleOf(from)
  const end = 'x' in to ? to : await middleOf(to)
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 })
  await page.mouse.move(end.x, end.y, { steps: 4 })
  await page.mouse.up()
}

/** Until the view has stopped moving. */
export async function settled(page: Page): Promise<void> {
  const transform = () => page.locator('.vue-flow__transformationpane').getAttribute('style')
  let before: string | null = null
  await expect
    .poll(async () => [before, (before = await transform())], { interval: 120 })
    .toSatisfy(([a, b]) => a === b)
}

export const draftOf = async (client: Client, flowId: string) =>
  (await client.flows.get.query({ id: flowId })).draft

/** Titles of a draft's nodes, in no order: what tests compare when it matters only that nothing is missing. */
export const titlesOf = async (client: Client, flowId: string): Promise<string[]> =>
  (await draftOf(client, flowId)).nodes.map(({ type, title }) => title ?? type).toSorted()
