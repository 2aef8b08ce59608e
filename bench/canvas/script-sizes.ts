import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'

/** Kilobytes of all scripts that the page loads until nothing more comes, each compressed as `gzip -9` does. */
export async function scriptSizes(page: Page, url: string): Promise<number> {
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length))
  })
  await page.goto(url)
  await page.waitForLoadState('networkidle')
  const bytes = await Promise.all(sizes)
  return bytes.reduce((sum, size) => sum + size, 0) / 1_000
}
