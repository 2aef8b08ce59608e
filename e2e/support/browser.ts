import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

export { hasChromium, launch } from './chromium.ts'

const ARTIFACTS = join(import.meta.dirname, '..', '..', 'artifacts', 'screenshots')
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

export const SIZES = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 820, height: 1180 },
  phone: { width: 390, height: 844 },
} as const

/** A page that fails the test for anything that the browser complains about. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: SIZES.desktop, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A request that is meant to be refused shows up here too, as a line without a word about why.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  return { page, context, complaints }
}

export type Size = keyof typeof SIZES

/** What a page is photographed at; `settle` is called after each change of size. */
interface Photograph {
  sizes?: readonly Size[]
  settle?: () => Promise<void>
}

/** Kept in `artifacts/screenshots/`, at these sizes and in both appearances. */
export async function photograph(
  page: Page,
  name: string,
  { sizes = ['desktop', 'tablet', 'phone'], settle = async () => {} }: Photograph = {},
): Promise<void> {
  await mkdir(ARTIFACTS, { recursive: true })
  for (const size of sizes) {
    await page.setViewportSize(SIZES[size])
    await settle()
    for (const colorScheme of ['light', 'dark'] as const) {
      await appear(page, colorScheme)
      await page.screenshot({ path: join(ARTIFACTS, `${name}-${size}-${colorScheme}.png`) })
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, `${name} scrolls sideways on a ${size}`).toBeLessThanOrEqual(0)
    }
  }
  await appear(page, 'light')
  await page.setViewportSize(SIZES.desktop)
}

/** Nothing on a page takes longer to change its colours; what a busy browser never finishes must not hold up a test. */
const SETTLED_MS = 5_000

/** Switches the appearance and waits until no colour is on its way any more. */
async function appear(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.evaluate(async (longest) => {
    const late = new Promise((resolve) => setTimeout(resolve, longest))
    const drawn = new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    await Promise.race([late, drawn])
    const roots = [
      document,
      ...[...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? []),
    ]
    const ending = roots
      .flatMap((root) => root.getAnimations())
      .filter(
        ({ playState, effect }) => playState === 'running' && effect?.getTiming().iterations !== Infinity,
      )
    await Promise.race([late, Promise.allSettled(ending.map((animation) => animation.finished))])
  }, SETTLED_MS)
}

/** Runs axe in both appearances; the violations, as short lines. */
export async function axeFindings(page: Page): Promise<string[]> {
  const findings: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await appear(page, colorScheme)
    // Through the debugger: the content security policy rightly refuses an inline script.
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(AXE, 'utf8'))
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } }
      return (await axe.run()).violations
    })
    for (const { id, nodes } of violations) {
      findings.push(`${colorScheme} ${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`)
    }
  }
  await appear(page, 'light')
  return findings
}

interface AxeViolation {
  id: string
  nodes: { target: string[] }[]
}
