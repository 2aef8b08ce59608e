import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings, hasChromium, launch, openPage, photograph } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, cookieOf, eventsOf, signedIn } from './support/signed-in.ts'
import { seen } from './support/studio.ts'

const BRIEF = {
  topic: 'Harbour lights',
  audience: 'Sailors',
  goal: 'They come by night',
  keyPoints: ['Lit until dawn'],
  tone: 'casual' as const,
}

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client

describe.skipIf(!hasChromium())(
  'running again in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)',
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

    test('a step is run again with what it works on changed: faults are named, both runs lead to each other', async () => {
      const target = { template: 'linkedin-post-swarm' }
      const { runId: first } = await client.runs.start.mutate({ target, input: { brief: BRIEF } })
      await eventsOf(client, first).ended
      const { page, complaints } = await openRun(first)
      await page.getByRole('region', { name: 'Writing' }).getByRole('button').first().click()
      await seen(page, 'Run again from here').waitFor()
      await checked(page, 'rerun-step')
      await seen(page, 'Run again from here').click()
      const dialog = page.getByRole('dialog', { name: /Run again from/ })
      const field = dialog.getByLabel('Item 1 as JSON')
      const before = await field.inputValue()
      await field.fill(before.replace('"Harbour lights"', '7'))
      await dialog.getByText(/^topic: /).waitFor()
      await checked(page, 'rerun-fault')
      await field.fill(before.replace('"Harbour lights"', '"Winter storage"'))
      await dialog.getByText('1 item changed.').waitFor()
      await checked(page, 'rerun-dialog')
      await dialog.getByRole('button', { name: 'Run again' }).click()

      await page.waitForURL((url) => /\/runs\/run_/.test(url.pathname) && !url.pathname.includes(first))
      const second = new URL(page.url()).pathname.split('/')[2] ?? ''
      await seen(page, 'Read the results').waitFor()
      await seen(page, /Run again from “Writers” with 1 changed item/).waitFor()
      await checked(page, 'rerun-run')
      const document = await client.runs.get.query({ id: second })
      expect(document).toMatchObject({ status: 'succeeded', rerunOf: first, replay: { edited: 1, given: 1 } })
      for (const { text } of document.drafts) expect(text).toContain('inter storage')
      await page.getByRole('link', { name: 'the earlier run' }).filter({ visible: true }).click()
      await page.waitForURL((url) => url.pathname.endsWith(first))
      await seen(page, 'Run again of this run').waitFor()
      await page.goto(`${server.url}/runs/${second}/results`)
      await seen(page, /Run again.* with 1 changed item/).waitFor()
      await checked(page, 'rerun-results')
      expect(complaints).toEqual([])
      await page.context().close()
    })

    test('a failed run is retried from its page, what had succeeded is taken over, and the list says what it is', async () => {
      const position = { x: 0, y: 0 }
      const { id: flowId } = await client.flows.import.mutate({
        document: {
          schemaVersion: 1,
          name: 'Broken text',
          nodes: [
            { id: 'brief', type: 'brief', version: 1, position, config: { contentType: 'blog-post' } },
            {
              id: 'text',
              type: 'template-text',
              version: 1,
              position: { x: 400, y: 0 },
              config: { text: 'About {{ input.topic | shout }}' },
            },
          ],
          edges: [
            { id: 'e', source: { node: 'brief', port: 'brief' }, target: { node: 'text', port: 'input' } },
          ],
        },
      })
      const target = { flowId, test: true as const }
      const { runId: first } = await client.runs.start.mutate({ target, input: { brief: BRIEF } })
      await eventsOf(client, first).ended
      const { page, complaints } = await openRun(first)
      await page.getByRole('button', { name: 'Retry failed steps' }).waitFor()
      await checked(page, 'retry-failed')
      await page.getByRole('button', { name: 'Retry failed steps' }).click()
      await page.waitForURL((url) => /\/runs\/run_/.test(url.pathname) && !url.pathname.includes(first))
      await seen(page, /^Retry:/).waitFor()
      const second = new URL(page.url()).pathname.split('/')[2] ?? ''
      await eventsOf(client, second).ended
      const record = await client.runs.record.query({ id: second })
      expect(record.steps.map(({ nodeId, attempt }) => [nodeId, attempt])).toEqual([
        ['brief', 0],
        ['text', 1],
      ])
      await page.goto(`${server.url}/runs`)
      await page.getByRole('link', { name: /Retry · Broken text/ }).waitFor()
      await checked(page, 'retry-list')
      expect(complaints).toEqual([])
      await page.context().close()
    })

    test('a cancelled run goes on where it stopped, as a new run', async () => {
      const target = { template: 'blog-post-swarm' }
      const { runId: first } = await client.runs.start.mutate({ target, input: { brief: BRIEF } })
      await client.runs.cancel.mutate({ id: first })
      await eventsOf(client, first).ended
      const { page, complaints } = await openRun(first)
      await page.getByRole('button', { name: 'Run what is left' }).click()
      await page.waitForURL((url) => /\/runs\/run_/.test(url.pathname) && !url.pathname.includes(first))
      await seen(page, 'Read the results').waitFor()
      const second = new URL(page.url()).pathname.split('/')[2] ?? ''
      expect(await client.runs.get.query({ id: second })).toMatchObject({
        status: 'succeeded',
        retryOf: first,
      })
      expect(complaints).toEqual([])
      await page.context().close()
    })

    test('a run is paused, resumed and, asked once more, cancelled', async () => {
      const position = { x: 0, y: 0 }
      const { id: flowId } = await client.flows.import.mutate({
        document: {
          schemaVersion: 1,
          name: 'A long wait',
          nodes: [
            { id: 'brief', type: 'brief', version: 1, position, config: { contentType: 'blog-post' } },
            {
              id: 'wait',
              type: 'delay',
              version: 1,
              position: { x: 400, y: 0 },
              config: { how: 'for', amount: 3, unit: 'days' },
            },
          ],
          edges: [
            { id: 'e', source: { node: 'brief', port: 'brief' }, target: { node: 'wait', port: 'input' } },
          ],
        },
      })
      const target = { flowId, test: true as const }
      const { runId } = await client.runs.start.mutate({ target, input: { brief: BRIEF } })
      const { page, complaints } = await openRun(runId)
      await seen(page, 'It goes on by itself then.').waitFor()
      await page.getByRole('button', { name: 'Pause' }).click()
      await seen(page, 'Ada Owner paused this run.').waitFor()
      await checked(page, 'run-paused')
      expect((await client.runs.get.query({ id: runId })).status).toBe('paused')
      await page.getByRole('button', { name: 'Resume' }).click()
      await seen(page, 'It goes on by itself then.').waitFor()
      await page.getByRole('button', { name: 'Cancel', exact: true }).click()
      const alert = page.getByRole('alertdialog')
      await alert.getByRole('button', { name: 'Keep running' }).click()
      await alert.waitFor({ state: 'detached' })
      expect((await client.runs.get.query({ id: runId })).status).toBe('waiting')
      await page.getByRole('button', { name: 'Cancel', exact: true }).click()
      await alert.getByRole('button', { name: 'Cancel the run' }).click()
      await seen(page, 'Ada Owner cancelled this run.').waitFor()
      expect(complaints).toEqual([])
      await page.context().close()
    })
  },
)

async function openRun(runId: string) {
  const opened = await openPage(browser)
  const [name = '', value = ''] = (await cookieOf(server.url)).split('=')
  await opened.context.addCookies([{ name, value, url: server.url }])
  await opened.page.goto(`${server.url}/runs/${runId}`)
  await opened.page.getByRole('region', { name: 'Progress' }).waitFor()
  return opened
}

async function checked(page: Page, name: string): Promise<void> {
  await photograph(page, name)
  expect(await axeFindings(page), name).toEqual([])
}
