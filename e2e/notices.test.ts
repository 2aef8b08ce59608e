import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { hasChromium, launch, openPage } from './support/browser.ts'
import { dataFolder, startServer } from './support/pressroom.ts'
import { signedIn } from './support/signed-in.ts'
import { checked, signIn } from './support/studio.ts'

describe.skipIf(!hasChromium())('in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  test('an admin says where notices go, sends a test, and sees what became of it', async () => {
    const got: unknown[] = []
    const receiver = createServer((request, response) => {
      request.on('data', (chunk) => got.push(JSON.parse(String(chunk))))
      request.on('end', () => response.writeHead(204).end())
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const data = await dataFolder()
    const server = await startServer(data.path)
    const browser = await launch()
    try {
      const client = await signedIn(server.url)
      const { page, context, complaints } = await openPage(browser)
      await signIn(context, server.url)
      await page.goto(`${server.url}/admin/notices`)
      await page.getByText('Nothing was sent yet.').waitFor()
      await checked(page, 'notices-empty')
      await page
        .getByRole('textbox', { name: 'Address' })
        .fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`)
      await page.getByLabel('It is inside our own network').check()
      const webhook = page.getByRole('form', { name: 'By webhook' })
      await webhook.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('textbox', { name: 'The key that deliveries are signed with' }).waitFor()
      await webhook.getByRole('button', { name: 'Send a test' }).click()
      await expect.poll(() => got, { timeout: 10_000 }).toMatchObject([{ type: 'test' }])
      await expect
        .poll(async () => (await client.notices.get.query()).deliveries.map(({ state }) => state))
        .toEqual(['sent'])
      await page.getByRole('button', { name: 'Look again' }).click()
      const deliveries = page.getByRole('region', { name: 'Last deliveries' })
      await deliveries.getByText('Sent', { exact: true }).waitFor()

      const mail = page.getByRole('form', { name: 'By mail' })
      await mail.getByLabel('Mail server').fill('127.0.0.1')
      await mail.getByRole('spinbutton', { name: 'Port' }).fill('1')
      await mail.getByLabel('Sent from').fill('flows@example.org')
      await mail.getByRole('button', { name: 'Save' }).click()
      await mail.getByRole('button', { name: 'Send a test to me' }).click()
      await expect
        .poll(async () => (await client.notices.get.query()).deliveries[0]?.state, { timeout: 20_000 })
        .toBe('failed')
      await page.getByRole('button', { name: 'Look again' }).click()
      await deliveries.getByText(/could not be reached/).waitFor()
      await checked(page, 'notices')
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
      await server.stop()
      await data.remove()
      receiver.close()
    }
  })
})
