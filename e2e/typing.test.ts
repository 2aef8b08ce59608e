import type { Browser, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addNode } from '#graph'
import { openDraft } from '../engine/api/testing/draft-client.ts'
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, cookieOf, signedIn } from './support/signed-in.ts'

const PROMPT = 'Write a post.'
const [BEFORE, BEHIND] = ['Dear colleague, please be so kind. ', ' In English, and not too long, thank you.']

/** Letters travel while two browsers and a server share the machine. */
const IN_TIME = { timeout: 30_000 }

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client
let flowId: string

describe.skipIf(!hasChromium())('two browsers at one text (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeEach(async () => {
    data = await dataFolder()
    server = await startServer(data.path)
    client = await signedIn(server.url)
    browser = await launch()
    flowId = (await client.flows.create.mutate({ name: 'Together' })).id
    const tab = openDraft(server.url, flowId, { cookie: await cookieOf(server.url) })
    await tab.saved()
    addNode(tab.doc, {
      type: 'template-text',
      version: 1,
      position: { x: 0, y: 0 },
      title: 'Prompt',
      config: { text: PROMPT },
    })
    await tab.saved()
    tab.close()
  })
  afterEach(async () => {
    await browser.close()
    await server.stop()
    await data.remove()
  })

  test('who type into one prompt at once each see all letters of both, and undo takes back only their own', async () => {
    const [ada, bob] = [await atPrompt(), await atPrompt()]
    await Promise.all([write(ada, BEFORE, 'start'), write(bob, BEHIND, 'end')])
    for (const page of [ada, bob])
      await expect.poll(() => promptIn(page), IN_TIME).toBe(BEFORE + PROMPT + BEHIND)
    expect(await caretIn(ada)).toBe(BEFORE.length)
    expect(await caretIn(bob)).toBe((BEFORE + PROMPT + BEHIND).length)

    const undo = ada.getByRole('button', { name: 'Undo' })
    await ada.keyboard.type('x')
    while (await undo.isEnabled()) await undo.click()
    for (const page of [ada, bob]) await expect.poll(() => promptIn(page), IN_TIME).toBe(PROMPT + BEHIND)
    await expect.poll(stored, IN_TIME).toMatchObject({ config: { text: PROMPT + BEHIND } })
  })

  test('lose nothing to a kill -9 in the middle of a word: both go on, and both have it all when the server is back', async () => {
    const port = new URL(server.url).port
    const [ada, bob] = [await atPrompt(), await atPrompt()]
    const typing = Promise.all([write(ada, BEFORE, 'start'), write(bob, BEHIND, 'end')])
    const seen = async (page: Page, letters: string) => {
      await expect.poll(() => promptIn(page), IN_TIME).toContain(letters)
    }
    await Promise.all([seen(bob, BEFORE.slice(0, 4)), seen(ada, BEHIND.slice(0, 4))])
    await server.kill()
    await typing
    for (const [page, name] of [
      [ada, 'ada'],
      [bob, 'bob'],
    ] as const) {
      await page.locator('#inspector-node-annotation').focus()
      await page.keyboard.type(name)
    }
    expect(await promptIn(ada)).not.toBe(await promptIn(bob))

    server = await startServer(data.path, { PORT: port })
    for (const page of [ada, bob]) {
      await page.getByText('Everything is stored on the server.').waitFor({ state: 'attached' })
      await expect.poll(() => promptIn(page), IN_TIME).toBe(BEFORE + PROMPT + BEHIND)
    }
    client = await signedIn(server.url)
    const node = await stored()
    expect(node?.config['text']).toBe(BEFORE + PROMPT + BEHIND)
    expect(['adabob', 'bobada']).toContain(node?.annotation)
    for (const page of [ada, bob]) {
      await expect
        .poll(() => page.locator('#inspector-node-annotation').inputValue(), IN_TIME)
        .toBe(node?.annotation)
    }
  })
})

const stored = async () => (await client.flows.get.query({ id: flowId })).draft.nodes[0]

/** A browser of its own with the node chosen and its prompt to be seen. */
async function atPrompt(): Promise<Page> {
  const { page, context } = await openPage(browser)
  const cookies = (await cookieOf(server.url)).split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { name, value: value.join('='), url: server.url }
  })
  await context.addCookies(cookies)
  await page.goto(`${server.url}/flows/${flowId}/edit`)
  await page.locator('.vue-flow__node', { hasText: 'Prompt' }).click()
  await prompt(page).waitFor()
  return page
}

const prompt = (page: Page) => page.locator('#inspector-config-text')
const promptIn = (page: Page) => prompt(page).inputValue()
const caretIn = (page: Page) =>
  prompt(page).evaluate((area) => (area instanceof HTMLTextAreaElement ? area.selectionStart : null))

async function write(page: Page, text: string, where: 'start' | 'end') {
  await prompt(page).focus()
  await page.keyboard.press(where === 'start' ? 'Control+Home' : 'Control+End')
  await page.keyboard.type(text)
}
