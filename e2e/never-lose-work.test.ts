import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../engine/store/testing/database.ts'
import { hasChromium, launch, openPage } from './support/browser.ts'
import { addMember, expireSessions } from './support/people.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, OWNER, type Person, signedIn } from './support/signed-in.ts'
import { draftOf, node, openCanvas, says, settled, signIn, titlesOf } from './support/studio.ts'
import { wireOf } from './support/wire.ts'

const STORED = 'Everything is stored on the server.'
const KEPT = 'your work is kept in this browser'
const NOT_KEPT = 'leave this tab open'

let data: Awaited<ReturnType<typeof dataFolder>>
let database: TestDatabase
let server: Server
let browser: Browser
let client: Client
let bob: Person
const contexts: BrowserContext[] = []

const start = (PORT = '0') =>
  startServer(data.path, {
    DATABASE_URL: database.adminUrl,
    PRESSROOM_MASTER_KEY: 'a master key for the tests of lost work',
    PORT,
  })

/** The same address again, as after a crash or an update. */
async function startAgain() {
  server = await start(new URL(server.url).port)
}

/** A person at a browser of their own. */
async function seat(who: Person = OWNER) {
  const { page, context } = await openPage(browser)
  contexts.push(context)
  await signIn(context, server.url, who)
  return { page, context }
}

async function seatAt(flowId: string, who: Person = OWNER) {
  const { page, context } = await seat(who)
  const wire = await wireOf(context)
  await openCanvas(page, server.url, flowId)
  await says(page, STORED)
  return { page, context, wire }
}

const newFlow = async (name: string): Promise<string> => (await client.flows.create.mutate({ name })).id

const add = (page: Page, name: string) =>
  page.getByRole('button', { name: `Add ${name}`, exact: true }).click()

/** What a canvas shows, in an order of its own: where each node lies and what it says. */
async function sceneOf(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: 'Show everything' }).click()
  await settled(page)
  const nodes = await page.locator('.vue-flow__node').evaluateAll((all) =>
    all.map((one) => {
      const { dataset, style } = one as HTMLElement
      return `${dataset['id']} ${style.transform} ${one.getAttribute('aria-label')}`
    }),
  )
  return nodes.toSorted()
}

async function assertSame(pages: Page[], flowId: string, titles: string[]) {
  for (const page of pages) await says(page, STORED)
  await expect.poll(() => titlesOf(client, flowId)).toEqual(titles.toSorted())
  const [first, ...others] = pages
  if (!first) return
  for (const page of others) await expect.poll(async () => await sceneOf(page)).toEqual(await sceneOf(first))
  expect(await sceneOf(first)).toHaveLength(titles.length)
}

/** Gives the selected node a name, key by key. */
async function typeName(page: Page, name: string, delay = 0) {
  await page.getByRole('complementary').getByLabel(/^Name/).pressSequentially(name, { delay })
}

describe.skipIf(!hasChromium())('work is never lost (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    data = await dataFolder()
    database = await testDatabase()
    server = await start()
    client = await signedIn(server.url)
    bob = await addMember(database.adminUrl, 'Bob Builder')
    browser = await launch()
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await database.close()
    await data.remove()
  })

  test('two people who build one flow at once see each other and end with the same flow', async () => {
    const flowId = await newFlow('Together')
    const [ada, other] = [await seatAt(flowId), await seatAt(flowId, bob)]
    await ada.page
      .getByRole('list', { name: 'Also here' })
      .getByText('Bob Builder')
      .waitFor({ state: 'attached' })
    await other.page
      .getByRole('list', { name: 'Also here' })
      .getByText('Ada Owner')
      .waitFor({ state: 'attached' })
    await Promise.all([
      (async () => {
        await add(ada.page, 'Brief')
        await add(ada.page, 'Writers')
        await typeName(ada.page, 'The people who write')
      })(),
      (async () => {
        await add(other.page, 'Merge')
        await add(other.page, 'Deliverable')
        await typeName(other.page, 'What we ship')
      })(),
    ])
    await assertSame([ada.page, other.page], flowId, [
      'brief',
      'The people who write',
      'merge',
      'What we ship',
    ])
  })

  test('kill -9 of the API process while two people type: both go on, and after the restart both have every letter', async () => {
    const flowId = await newFlow('Killed')
    const [ada, other] = [await seatAt(flowId), await seatAt(flowId, bob)]
    await add(ada.page, 'Brief')
    await add(other.page, 'Writers')
    const words = 'everything that is typed while the server dies and while it is gone is there afterwards'
    const typed = Promise.all([
      typeName(ada.page, `Ada: ${words}`, 20),
      typeName(other.page, `Bob: ${words}`, 20),
    ])
    await expect
      .poll(
        async () => (await titlesOf(client, flowId)).filter((title) => /^(Ada|Bob): ev/.test(title)).length,
      )
      .toBe(2)
    await server.kill()
    await Promise.all([says(ada.page, 'Reconnecting'), says(other.page, 'Reconnecting')])
    await typed
    await Promise.all([says(ada.page, KEPT), says(other.page, KEPT)])
    await startAgain()
    await assertSame([ada.page, other.page], flowId, [`Ada: ${words}`, `Bob: ${words}`])
  })

  test('the indicator tells the truth at every point: saving until the server has confirmed, reconnecting, offline, saved', async () => {
    const flowId = await newFlow('Truth')
    const { page, context, wire } = await seatAt(flowId)
    wire.hold()
    await add(page, 'Brief')
    await says(page, 'The server has not yet confirmed your last edit.')
    // It has the edit and its database too; this browser just can't know.
    await expect.poll(() => titlesOf(client, flowId)).toEqual(['brief'])
    await says(page, 'Saving')
    wire.release()
    await says(page, STORED)

    wire.cut()
    await says(page, `The connection is being made; ${KEPT}.`)
    await context.setOffline(true)
    await says(page, `The server can’t be reached; ${KEPT} and merged once it can.`)
    await add(page, 'Writers')
    expect(await titlesOf(client, flowId)).toEqual(['brief'])
    wire.mend()
    wire.hold()
    await context.setOffline(false)
    await says(page, 'Reconnecting')
    wire.release()
    await says(page, STORED)
    expect(await titlesOf(client, flowId)).toEqual(['brief', 'writer'])

    await server.kill()
    await says(page, 'Reconnecting')
    await says(page, 'Offline')
    await startAgain()
    await says(page, STORED)
  })

  test('who was offline for a while and edited merges on return with what others did meanwhile', async () => {
    const flowId = await newFlow('Away')
    const [ada, other] = [await seatAt(flowId), await seatAt(flowId, bob)]
    await add(ada.page, 'Writers')
    await node(other.page, 'Writers').waitFor()
    ada.wire.cut()
    await ada.context.setOffline(true)
    await says(ada.page, 'Offline')
    await typeName(ada.page, 'Renamed on the train')
    await add(ada.page, 'Brief')
    await add(other.page, 'Editors')
    await add(other.page, 'Deliverable')
    await says(other.page, STORED)
    expect(await titlesOf(client, flowId)).toEqual(['deliverable', 'editor', 'writer'])
    ada.wire.mend()
    await ada.context.setOffline(false)
    await assertSame([ada.page, other.page], flowId, [
      'Renamed on the train',
      'brief',
      'editor',
      'deliverable',
    ])
  })

  test('two tabs of one person are one draft, with the server and without it, also for a tab opened meanwhile', async () => {
    const flowId = await newFlow('Tabs')
    const { page: first, context, wire } = await seatAt(flowId)
    const second = await context.newPage()
    await openCanvas(second, server.url, flowId)
    await add(first, 'Brief')
    await node(second, 'Brief').waitFor()
    wire.cut()
    await Promise.all([says(first, 'Reconnecting'), says(second, 'Reconnecting')])
    await add(first, 'Writers')
    await add(second, 'Editors')
    await Promise.all([node(second, 'Writers').waitFor(), node(first, 'Editors').waitFor()])
    const third = await context.newPage()
    await openCanvas(third, server.url, flowId)
    await node(third, 'Editors').waitFor()
    await add(third, 'Merge')
    await node(first, 'Merge').waitFor()
    await second.close()
    wire.mend()
    await assertSame([first, third], flowId, ['brief', 'writer', 'editor', 'merge'])
  })

  test('a tab that is closed right after the last key loses nothing, with the server dead too', async () => {
    const flowId = await newFlow('Closed')
    const { page, context } = await seatAt(flowId)
    await add(page, 'Brief')
    await typeName(page, 'Closed at once')
    await page.close()
    await expect.poll(() => titlesOf(client, flowId)).toEqual(['Closed at once'])

    const again = await context.newPage()
    await openCanvas(again, server.url, flowId)
    await says(again, STORED)
    await server.kill()
    await says(again, 'Reconnecting')
    await add(again, 'Writers')
    await typeName(again, 'Typed without a server')
    await again.close()
    await startAgain()
    expect(await titlesOf(client, flowId)).toEqual(['Closed at once'])
    const third = await context.newPage()
    await openCanvas(third, server.url, flowId)
    await assertSame([third], flowId, ['Closed at once', 'Typed without a server'])
  })

  test('a laptop closed in the middle of a word wakes up after the server was restarted, and all of it is there', async () => {
    const flowId = await newFlow('Asleep')
    const [ada, other] = [await seatAt(flowId), await seatAt(flowId, bob)]
    await add(ada.page, 'Brief')
    ada.wire.hold()
    await typeName(ada.page, 'Half a wo')
    const laptop = await ada.context.newCDPSession(ada.page)
    await laptop.send('Page.setWebLifecycleState', { state: 'frozen' })
    await add(other.page, 'Writers')
    await says(other.page, STORED)
    await server.kill()
    await startAgain()
    ada.wire.release()
    await laptop.send('Page.setWebLifecycleState', { state: 'active' })
    await typeName(ada.page, 'rd')
    await assertSame([ada.page, other.page], flowId, ['Half a word', 'writer'])
  })

  test('a session that ends while somebody edits is said, and signing in again in another tab saves what was typed', async () => {
    const flowId = await newFlow('Expired')
    const { page, context, wire } = await seatAt(flowId)
    await add(page, 'Brief')
    await says(page, STORED)
    await expireSessions(database.adminUrl, OWNER)
    wire.cut()
    wire.mend()
    await typeName(page, 'Typed while signed out')
    await says(page, `You are signed out: sign in again in another tab`)
    await says(page, KEPT)
    const door = await context.newPage()
    await door.goto(server.url)
    await door.getByLabel('E-mail').fill(OWNER.email)
    await door.getByLabel('Password').fill(OWNER.password)
    await door.getByRole('button', { name: 'Sign in' }).click()
    await door.getByRole('heading', { name: 'What shall we write?' }).waitFor()
    client = await signedIn(server.url)
    await assertSame([page], flowId, ['Typed while signed out'])
  })

  test('a browser that can’t store says so, asks before the tab is closed, and keeps it all while the tab is open', async () => {
    const flowId = await newFlow('No storage')
    const { page, context } = await seat()
    const wire = await wireOf(context)
    await page.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }))
    await openCanvas(page, server.url, flowId)
    await says(page, STORED)
    await assertNothingLost(page, wire, flowId)
  })

  test('a disk that fills up in the middle of the work is noticed, and so is room on it', async () => {
    const flowId = await newFlow('Full disk')
    const { page, wire } = await seatAt(flowId)
    await page.evaluate(() => {
      const { add } = IDBObjectStore.prototype
      IDBObjectStore.prototype.add = function (...entry) {
        const request = add.apply(this, entry)
        if (!('hasRoom' in window)) this.transaction.abort()
        return request
      }
    })
    await assertNothingLost(page, wire, flowId)
    wire.cut()
    await says(page, NOT_KEPT)
    await page.evaluate(() => Object.assign(window, { hasRoom: true }))
    await add(page, 'Writers')
    await says(page, KEPT)
    await page.close()
    wire.mend()
    const again = await contexts[0]?.newPage()
    if (!again) throw new Error('the browser is gone')
    await openCanvas(again, server.url, flowId)
    await assertSame([again], flowId, ['Only in this tab', 'writer'])
  })
})

/** With no copy in the browser and no server: said, guarded, and saved once there is a server again. */
async function assertNothingLost(page: Page, wire: Awaited<ReturnType<typeof wireOf>>, flowId: string) {
  wire.cut()
  await says(page, 'Reconnecting')
  await add(page, 'Brief')
  await typeName(page, 'Only in this tab')
  await says(page, NOT_KEPT)
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  wire.mend()
  await says(page, STORED)
  const { nodes } = await draftOf(client, flowId)
  expect(nodes.map(({ title }) => title)).toEqual(['Only in this tab'])
}
