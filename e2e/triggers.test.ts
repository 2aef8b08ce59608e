import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, signedIn } from './support/signed-in.ts'
import { checked, seen, signIn } from './support/studio.ts'

const brief = {
  topic: 'News: {{ title }}',
  audience: 'Home cooks',
  goal: 'Sell the spring harvest',
  keyPoints: ['{{ points }}'],
  tone: 'casual',
}

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client
let flowId: string

describe.skipIf(!hasChromium())('triggers in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    data = await dataFolder()
    server = await startServer(data.path)
    client = await signedIn(server.url)
    flowId = (await client.flows.fromTemplate.mutate({ template: 'linkedin-post-swarm' })).id
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await data.remove()
  })

  async function opened() {
    const { page, context, complaints } = await openPage(browser, { timezoneId: 'America/New_York' })
    await signIn(context, server.url)
    await page.goto(`${server.url}/flows/${flowId}/triggers`)
    await page.getByRole('heading', { name: 'Triggers', exact: true }).waitFor()
    return { page, context, complaints }
  }
  const modal = (page: Page) => page.locator('ion-modal').filter({ visible: true })
  const card = (page: Page, name: string) => page.getByRole('article', { name })
  const callsAt = async (path: string, body: object) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  test('a flow that was never published says what to do first', async () => {
    const { page, context, complaints } = await opened()
    await seen(page, 'Nothing starts it by itself').waitFor()
    await seen(page, /This flow is not published yet/).waitFor()
    expect(await page.getByRole('button', { name: 'New trigger' }).count()).toBe(0)
    await checked(page, 'triggers-unpublished')
    expect(complaints).toEqual([])
    await context.close()
    await client.flows.publish.mutate({ id: flowId })
  })

  test('a schedule is made with plain words, shows its next times in both zones, and is tried and switched off', async () => {
    const { page, context, complaints } = await opened()
    await seen(page, /Let it run every Monday/).waitFor()
    await checked(page, 'triggers-empty')
    await page.getByRole('button', { name: 'New trigger' }).click()
    const dialog = modal(page)
    await dialog.getByLabel('Name', { exact: true }).fill('Monday post')
    await dialog.getByLabel('Time zone').fill('Europe/London')
    await dialog.getByLabel('Topic', { exact: true }).fill('News of the week to')
    await dialog.getByRole('button', { name: 'Put date into Topic' }).click()
    await dialog.getByText(/News of the week to \d{4}-\d\d-\d\d/).waitFor()
    await checked(page, 'triggers-new-schedule')
    await dialog.getByRole('button', { name: 'Save' }).click()

    const made = card(page, 'Monday post')
    await made.getByText('Every Monday at 09:00, by the clocks of Europe/London.').waitFor()
    await made
      .getByText(/for you/)
      .first()
      .waitFor()
    await made.getByRole('button', { name: 'Switch off' }).click()
    await made.getByRole('button', { name: 'Switch on' }).waitFor()
    await made.getByRole('button', { name: 'Try now: Monday post' }).click()
    await modal(page).getByRole('button', { name: 'Start a run' }).click()
    await page.waitForURL(/\/runs\/run_/)
    const { triggers } = await client.triggers.list.query({ flowId })
    expect(triggers).toMatchObject([{ name: 'Monday post', enabled: false, lastCall: { status: 'started' } }])
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a webhook shows its address, what came in and why something was refused', async () => {
    const { trigger } = await client.triggers.create.mutate({
      flowId,
      name: 'New products from the shop',
      settings: { kind: 'webhook', signing: 'none', answer: 'at-once', brief },
    })
    const path = trigger.path ?? ''
    await callsAt(path, { title: 'Oolong', points: ['Hand-picked', 'Organic'] })
    await callsAt(path, { name: 'no title here' })
    const { page, context, complaints } = await opened()
    const made = card(page, 'New products from the shop')
    expect(await made.getByLabel('Address', { exact: true }).inputValue()).toContain(path)
    await made.getByText('Last calls').click()
    await made.getByText('Started a run').waitFor()
    await made
      .getByText(/does not fill the brief/)
      .first()
      .waitFor()
    await made.getByText('What came in').last().click()
    await made.scrollIntoViewIfNeeded()
    await checked(page, 'triggers-calls')

    await made.getByRole('button', { name: /^Try now/ }).click()
    const dialog = modal(page)
    await dialog.getByText('Nothing came in for it').first().waitFor()
    await dialog.getByLabel('Begin with').selectOption({ index: 1 })
    await dialog.getByText('News: Oolong').waitFor()
    await checked(page, 'triggers-try')
    await dialog.getByRole('button', { name: 'Start a run' }).click()
    await page.waitForURL(/\/runs\/run_/)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a signed webhook tells its secret once', async () => {
    const { page, context, complaints } = await opened()
    await page.getByRole('button', { name: 'New trigger' }).click()
    const dialog = modal(page)
    await dialog.getByText('Webhook', { exact: true }).click()
    await dialog.getByLabel('Name', { exact: true }).fill('Signed')
    await dialog.getByLabel('Deliveries').selectOption({ label: 'Signed (Standard Webhooks)' })
    await checked(page, 'triggers-new-webhook')
    await dialog.getByRole('button', { name: 'Save' }).click()
    const secret = page.getByLabel('Secret', { exact: true })
    await secret.waitFor()
    expect(await secret.inputValue()).toMatch(/^whsec_/)
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await card(page, 'Signed').getByRole('button', { name: 'New signing secret' }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a public form is answered without an account and starts the flow', async () => {
    const settings = {
      kind: 'form',
      access: 'public',
      title: 'Ask for a post',
      intro: 'Tell us what it is about.',
      thanks: 'Thank you, we are on it.',
    } as const
    const { trigger } = await client.triggers.create.mutate({ flowId, name: 'Requests', settings })
    const { page, context, complaints } = await openPage(browser)
    await page.goto(server.url + (trigger.path ?? ''))
    await page.getByRole('heading', { name: 'Ask for a post' }).waitFor()
    await page.getByRole('button', { name: 'Send' }).click()
    await seen(page, 'Some answers are still missing.').waitFor()
    await checked(page, 'form')
    await page.getByLabel('Topic').fill('Spring tea')
    await page.getByLabel('Audience').fill('Home cooks')
    await page.getByLabel('Goal').fill('Sell it')
    await page.getByRole('textbox', { name: 'Key points 1' }).fill('Fresh')
    await page.getByText('Casual').click()
    await page.getByRole('button', { name: 'Send' }).click()
    await seen(page, 'Thank you, we are on it.').waitFor()
    await checked(page, 'form-sent')
    await expect
      .poll(async () => client.triggers.calls.query({ flowId, id: trigger.id }))
      .toMatchObject([{ status: 'started', body: { topic: 'Spring tea' } }])
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a form for members asks to sign in first, and a link that leads nowhere says so', async () => {
    const settings = { kind: 'form', access: 'members', title: '' } as const
    const { trigger } = await client.triggers.create.mutate({ flowId, name: 'Ours', settings })
    const { page, context, complaints } = await openPage(browser)
    await page.goto(server.url + (trigger.path ?? ''))
    await seen(page, 'This form is for members. Sign in to answer it.').waitFor()
    await page.goto(`${server.url}/forms/nowhere`)
    await seen(page, /This link leads to no form/).waitFor()
    await checked(page, 'form-nowhere', ['phone'])
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a flow that follows another one starts when that one ends', async () => {
    const other = (await client.flows.fromTemplate.mutate({ template: 'press-release-swarm' })).id
    await client.flows.publish.mutate({ id: other })
    const settings = {
      kind: 'flow' as const,
      sourceFlowId: other,
      on: 'both' as const,
      brief: { ...brief, topic: 'About {{ deliverable.title }}', keyPoints: ['{{ run.flow }}'] },
    }
    const { trigger } = await client.triggers.create.mutate({ flowId, name: 'Then post it', settings })
    const { brief: sample } = await client.templates.get.query({ id: 'press-release-swarm' })
    const { runId } = await client.runs.start.mutate({ target: { flowId: other }, input: { brief: sample } })
    await expect
      .poll(async () => client.triggers.calls.query({ flowId, id: trigger.id }), { timeout: 90_000 })
      .toMatchObject([{ status: 'started', body: { run: { id: runId } } }])
  })
})
