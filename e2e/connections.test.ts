/** Connections and models as an administrator sets them up in the studio, and a run that is written by them. */
import { LLMock } from '@copilotkit/aimock'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleReply } from '#connectors'
import brief from '../templates/linkedin-post-swarm/brief.json' with { type: 'json' }
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, eventsOf, signedIn } from './support/signed-in.ts'
import { checked, seen, signIn } from './support/studio.ts'

const KEY = 'sk-of-the-stand-in'
const TEMPLATE = 'linkedin-post-swarm'

let mock: LLMock
let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client
let page: Page
let context: BrowserContext
let complaints: string[]

const dialog = () => page.locator('ion-modal').filter({ visible: true })
const row = (list: string, name: string) =>
  page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: name })
async function admin(section: string): Promise<void> {
  await page.goto(`${server.url}/admin/${section}`)
  await page.getByRole('navigation', { name: 'Administration' }).waitFor()
}

describe.skipIf(!hasChromium())('connections (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    mock = new LLMock({ port: 0, auth: { apiKeys: [KEY] } })
    mock.on({}, (request) => {
      const textOf = (role: string) => {
        const content = request.messages.find((message) => message.role === role)?.content
        return typeof content === 'string' ? content : ''
      }
      const format = request.response_format as { json_schema?: { schema: never } } | undefined
      const schema = format?.json_schema?.schema
      const asked = { system: textOf('system'), prompt: textOf('user'), seed: 1 }
      return { content: sampleReply(schema ? { ...asked, schema } : asked) }
    })
    await mock.start()
    data = await dataFolder()
    server = await startServer(data.path)
    browser = await launch()
    client = await signedIn(server.url)
    ;({ page, context, complaints } = await openPage(browser))
    await signIn(context, server.url)
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await data.remove()
    await mock.stop()
  })

  test('a server is connected, tried, and says what is wrong in words', async () => {
    await admin('connections')
    await seen(page, 'No connections yet').waitFor()
    await checked(page, 'connections-none')
    await page.getByRole('button', { name: 'New connection' }).click()
    await dialog().getByLabel('Name').fill('House models')
    await dialog().getByLabel('Address', { exact: true }).fill(mock.url)
    await dialog().getByRole('button', { name: 'Test it' }).click()
    await dialog().getByText('address of your own network or of this machine').waitFor()
    await dialog().getByLabel('May reach addresses of our own network').check()
    await dialog().getByLabel('API key').fill('wrong')
    await dialog().getByRole('button', { name: 'Test it' }).click()
    await dialog().getByText('does not accept the key').waitFor()
    await checked(page, 'connection-refused')
    await dialog().getByLabel('API key').fill(KEY)
    await dialog().getByRole('button', { name: 'Test it' }).click()
    await dialog().getByText('It answers and has').waitFor()
    await checked(page, 'connection-new')
    await dialog().getByRole('button', { name: 'Add it' }).click()
    await row('Connections', 'House models').getByText('Stays on your machines').waitFor()
    await row('Connections', 'House models').getByRole('button', { name: 'Test' }).click()
    await row('Connections', 'House models').getByText('It answers and has').waitFor()
    await checked(page, 'connections')
    expect(await client.connections.list.query()).toMatchObject([
      { name: 'House models', baseUrl: mock.url, destination: 'internal', reachesPrivate: true },
    ])
  })

  test('a model of it is tried, named and made the usual one; runs are then written by it', async () => {
    await admin('models')
    await page.getByRole('button', { name: 'New model' }).click()
    await dialog().getByText('It answers and has').waitFor()
    await dialog().getByLabel('Model', { exact: true }).fill('gpt-4.1')
    await dialog().getByLabel('Name that people see').fill('House writer')
    await dialog().getByRole('button', { name: 'Test it' }).click()
    await dialog().getByText('It says “').waitFor()
    await checked(page, 'model-new')
    await dialog().getByRole('button', { name: 'Add it' }).click()
    await row('Models', 'House writer').waitFor()
    await page.getByLabel('The usual model').selectOption({ label: 'House writer' })
    await seen(page, 'The usual model is changed').waitFor()
    await page.getByRole('button', { name: 'Add a price' }).click()
    await page.getByLabel('Model', { exact: true }).fill('gpt-4*')
    await page.getByLabel('Read', { exact: true }).fill('2')
    await page.getByLabel('Written', { exact: true }).fill('8')
    await page.getByRole('button', { name: 'Save prices' }).click()
    await row('Models', 'House writer').getByText('US$2.00 in, US$8.00 out').waitFor()
    await checked(page, 'models')

    const before = mock.getRequests().length
    const { runId } = await client.runs.start.mutate({ target: { template: TEMPLATE }, input: { brief } })
    await eventsOf(client, runId).ended
    const run = await client.runs.get.query({ id: runId })
    expect(run.status).toBe('succeeded')
    expect(mock.getRequests().length - before).toBe(run.usage.calls)
    expect(run.usage.costMicros).toBeGreaterThan(0)
    const sent = JSON.stringify(mock.getRequests().map(({ body }) => body))
    expect(sent).toContain(brief.topic)
  })

  test('what is in use is not removed, and who uses it is said', async () => {
    await admin('connections')
    await row('Connections', 'House models').getByText('House writer').waitFor()
    await row('Connections', 'House models').getByRole('button', { name: 'Remove' }).click()
    await page.locator('ion-alert').getByRole('button', { name: 'Remove' }).click()
    await seen(page, 'is used by').waitFor()
    expect(complaints).toEqual([])
  })
})
