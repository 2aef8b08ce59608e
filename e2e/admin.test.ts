/** Looking after people and access in the studio, and what each of them then sees. */
import { readFile } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, dataFolder, pressroom, startServer } from './support/pressroom.ts'
import { axeFindings, hasChromium, launch, openPage, photograph } from './support/browser.ts'
import { type Client, signedIn } from './support/signed-in.ts'
import { checked, seen, signIn } from './support/studio.ts'

const BO = { name: 'Bo Builder', email: 'bo@example.com', password: 'a password of their own' }

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let client: Client
let owner: { page: Page; context: BrowserContext; complaints: string[] }
let builder: { page: Page; context: BrowserContext; complaints: string[] }

/** A page of the administration, ready. */
async function admin(section: string): Promise<Page> {
  const { page } = owner
  await page.goto(`${server.url}/admin/${section}`)
  await page.getByRole('navigation', { name: 'Administration' }).waitFor()
  return page
}
const dialog = (page: Page) => page.locator('ion-modal').filter({ visible: true })
const row = (page: Page, list: string, name: string) =>
  page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: name })
const main = (page: Page) => page.getByRole('navigation', { name: 'Main' }).filter({ visible: true })
const fetchFlows = (key: string) =>
  fetch(`${server.url}/trpc/flows.list`, { headers: { authorization: `Bearer ${key}` } })

/** Makes a link, passes it on, and answers the page behind it as that person. */
async function invite(): Promise<void> {
  const page = await admin('invitations')
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  await dialog(page).getByLabel('E-mail').fill(BO.email)
  await dialog(page).getByLabel('Role').selectOption({ label: 'Builder' })
  await dialog(page).getByRole('button', { name: 'Make the link' }).click()
  const link = await dialog(page).getByLabel('Link', { exact: true }).inputValue()
  await dialog(page).getByRole('button', { name: 'I have passed it on' }).click()
  await row(page, 'Invitations', BO.email).getByText('Waiting').waitFor()
  await builder.page.goto(link)
  await builder.page.getByLabel('Your name').fill(BO.name)
  await builder.page.getByLabel('Password').fill(BO.password)
  await builder.page.getByRole('button', { name: 'Join' }).click()
  await builder.page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
}

describe.skipIf(!hasChromium())('the administration (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    data = await dataFolder()
    server = await startServer(data.path)
    browser = await launch()
    client = await signedIn(server.url)
    owner = await openPage(browser)
    builder = await openPage(browser)
    await signIn(owner.context, server.url)
    await invite()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await data.remove()
  })

  test('somebody who is invited as a builder can build, and is shown no administration', async () => {
    const { page } = builder
    await page.goto(`${server.url}/flows`)
    await page.getByRole('button', { name: 'New flow' }).waitFor()
    expect(await main(page).getByRole('link').allInnerTexts()).not.toContain('Admin')
    await page.goto(`${server.url}/admin/keys`)
    await seen(page, 'Your role doesn’t include this').waitFor()
    expect(await page.getByRole('button', { name: 'New key' }).count()).toBe(0)
  })

  test('a change of role shows at once in a page that is open', async () => {
    const { page } = builder
    await page.goto(`${server.url}/flows`)
    await page.getByRole('button', { name: 'New flow' }).waitFor()
    const members = await admin('members')
    const role = members.getByLabel(`Role of ${BO.name}`)
    await role.selectOption({ label: 'Viewer' })
    await page.getByRole('button', { name: 'New flow' }).waitFor({ state: 'detached' })
    await page.goto(`${server.url}/gallery/blog-post-swarm`)
    await seen(page, 'Your role doesn’t include this').waitFor()
    await members.getByText(`${BO.name} is Viewer now`).waitFor()
    await role.selectOption({ label: 'Builder' })
    await page.getByRole('button', { name: 'Use the sample brief' }).waitFor()
    expect(await seen(page, 'Your role doesn’t include this').count()).toBe(0)
  })

  test('the only owner can neither be demoted nor leave, and is told why', async () => {
    const page = await admin('members')
    await seen(page, 'The only owner').waitFor()
    expect(await page.getByLabel('Role of Ada Owner').isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: 'Leave the organisation' }).isDisabled()).toBe(true)
    await page.getByRole('searchbox').fill('builder bo')
    await row(page, 'Members', BO.name).waitFor()
    expect(await page.getByText('ada@example.com').filter({ visible: true }).count()).toBe(0)
  })

  test('a key that is made on screen is shown once, works, and is refused once it is revoked', async () => {
    const page = await admin('keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await dialog(page).getByLabel('Name', { exact: true }).fill('Nightly')
    await dialog(page).getByLabel('Only some of what I may do').check()
    await dialog(page).getByLabel('See flows, templates, nodes and the history of drafts').check()
    await dialog(page).getByRole('button', { name: 'Make the key' }).click()
    const key = await dialog(page).getByLabel('Key', { exact: true }).inputValue()
    expect(await dialog(page).getByRole('textbox', { name: 'Example' }).inputValue()).toContain(
      `Bearer ${key}`,
    )
    await dialog(page).getByRole('button', { name: 'I have stored it' }).click()
    expect((await fetchFlows(key)).status).toBe(200)
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const write = { method: 'POST', headers, body: '{"name":"No"}' }
    expect((await fetch(`${server.url}/trpc/flows.create`, write)).status).toBe(403)
    await page.reload()
    await row(page, 'Keys', 'Nightly')
      .getByText(/^Used just now from/)
      .waitFor()
    expect(await page.content()).not.toContain(key)
    await page.getByRole('button', { name: 'Revoke Nightly' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
    await row(page, 'Keys', 'Nightly').getByText('Revoked').waitFor()
    expect((await fetchFlows(key)).status).toBe(401)
  })

  test('a flow that is given to a team is gone for those outside it', async () => {
    const { id } = await client.flows.create.mutate({ name: 'Secret launch' })
    const page = await admin('teams')
    await page.getByRole('button', { name: 'New team' }).click()
    await dialog(page).getByLabel('Name', { exact: true }).fill('Launch')
    await dialog(page).getByLabel('Ada Owner').check()
    await dialog(page).getByRole('button', { name: 'Create the team' }).click()
    await row(page, 'Teams', 'Launch').getByText('Ada Owner').waitFor()
    await page.goto(`${server.url}/flows/${id}`)
    await page.getByLabel('Who sees it').selectOption({ label: 'Only the team Launch' })
    await seen(page, 'Only the team Launch sees it now').waitFor()
    await builder.page.goto(`${server.url}/flows`)
    await builder.page.getByRole('heading', { name: 'Flows' }).waitFor()
    await builder.page.goto(`${server.url}/flows/${id}`)
    await builder.page
      .getByRole('alert')
      .getByText(/no such flow|There is no|not there/i)
      .waitFor()
    await admin('teams')
    await row(page, 'Teams', 'Launch').getByRole('link', { name: 'Secret launch' }).waitFor()
    expect((await client.flows.get.query({ id })).teamId).toBe((await client.teams.list.query())[0]?.id)
  })

  test('a role of one’s own is made of permissions in plain words, and can be given', async () => {
    const page = await admin('roles')
    await page.getByRole('button', { name: 'New role' }).click()
    await dialog(page).getByLabel('Name', { exact: true }).fill('Copy chief')
    await dialog(page).getByLabel('Approve, edit or send back what waits for a decision').check()
    await dialog(page).getByRole('button', { name: 'Create the role' }).click()
    await row(page, 'Roles', 'Copy chief').waitFor()
    const permissions = (await client.roles.list.query()).find(
      ({ name }) => name === 'Copy chief',
    )?.permissions
    expect(permissions?.toSorted()).toEqual(['approval:decide', 'catalog:read', 'flow:read', 'run:read'])
    await admin('members')
    await page.getByLabel(`Role of ${BO.name}`).selectOption({ label: 'Copy chief' })
    await seen(page, `${BO.name} is Copy chief now`).waitFor()
  })

  test('a secret is stored, and never leaves again', async () => {
    const page = await admin('secrets')
    await page.getByRole('button', { name: 'New secret' }).click()
    await dialog(page).getByLabel('Name', { exact: true }).fill('Mailer token')
    await dialog(page).getByLabel('Value').fill('very-secret-value')
    await dialog(page).getByRole('button', { name: 'Store it' }).click()
    await row(page, 'Secrets', 'Mailer token').waitFor()
    await page.reload()
    await row(page, 'Secrets', 'Mailer token').waitFor()
    expect(await page.content()).not.toContain('very-secret-value')
  })

  test('the audit log tells all of it, before and after, can be narrowed, exported and verified', async () => {
    const page = await admin('audit')
    const log = page.getByRole('list', { name: 'Entries' })
    await page.getByLabel('About').selectOption({ label: 'Members' })
    const change = log.getByRole('listitem').filter({ hasText: 'Change a member’s role' })
    await change.last().locator('summary').click()
    const told = change.last().getByRole('row').filter({ hasText: /role/i }).first()
    await expect.poll(() => told.innerText()).toMatch(/builder\s+viewer/)
    await page.getByLabel('About').selectOption({ label: 'API keys' })
    await log.getByText('Revoke an API key').waitFor()
    expect(await change.count()).toBe(0)
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    const text = await readFile(await (await downloading).path(), 'utf8')
    const actions = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { action: string }).action)
    expect(actions).toEqual(['keys.revoke', 'keys.create'])
    await page.getByRole('button', { name: 'Verify' }).click()
    await seen(page, 'The log is intact').waitFor()
  })

  test('who belongs to two organisations switches between them, and takes nothing along', async () => {
    const made = await pressroom(['admin', 'create-org', 'Other Press', '--json'], data.path)
    const { id } = JSON.parse(made.stdout) as { id: string }
    await pressroom(['admin', 'create-user', BO.email, '--org', id, '--role', 'owner'], data.path)
    await client.flows.create.mutate({ name: 'Example only' })
    const { page } = builder
    await page.goto(`${server.url}/flows`)
    await seen(page, 'Example only').waitFor()
    await page.getByLabel('Organisation').filter({ visible: true }).selectOption({ label: 'Other Press' })
    await page.waitForURL(`${server.url}/gallery`)
    await page.goto(`${server.url}/flows`)
    await page.getByRole('button', { name: 'New flow' }).waitFor()
    expect(await seen(page, 'Example only').count()).toBe(0)
    await main(page).getByRole('link', { name: 'Admin' }).click()
    await row(page, 'Members', BO.name).waitFor()
    expect(await seen(page, 'ada@example.com').count()).toBe(0)
  })

  test('an owner says how long runs are kept, once they have agreed to what that deletes', async () => {
    const page = await admin('organisation')
    const days = page.getByLabel('Logs of runs, in days')
    const save = page.getByRole('button', { name: 'Save' })
    await days.fill('soon')
    await seen(page, 'Write a whole number of days').waitFor()
    await days.fill('30')
    await save.click()
    await page.getByRole('button', { name: 'Not now' }).click()
    await page.locator('ion-alert').waitFor({ state: 'detached' })
    expect((await client.organisation.get.query()).retention).toEqual({ runDays: null, eventDays: null })
    await save.click()
    await page.getByRole('button', { name: 'Delete it' }).click()
    await seen(page, 'Saved').waitFor()
    expect((await client.organisation.get.query()).retention).toEqual({ runDays: null, eventDays: 30 })
    await photograph(page, 'admin-retention')
    // Keeping longer deletes nothing, so nobody is asked.
    await days.fill('')
    await save.click()
    await expect
      .poll(async () => (await client.organisation.get.query()).retention)
      .toEqual({ runDays: null, eventDays: null })
  })

  test('no page and no dialog of it has anything for axe to find', async () => {
    for (const [section, button] of [
      ['members', null],
      ['invitations', 'Invite somebody'],
      ['teams', 'Change Launch'],
      ['roles', 'Change Copy chief'],
      ['keys', 'New key'],
      ['secrets', 'Replace Mailer token'],
      ['sign-on', 'New provider'],
      ['audit', 'Verify'],
      ['organisation', null],
    ] as const) {
      const page = await admin(section)
      await page.getByRole('status').filter({ hasText: 'Loading' }).first().waitFor({ state: 'detached' })
      await checked(page, `admin-${section}`)
      if (!button) continue
      await page.getByRole('button', { name: button }).click()
      await (button === 'Verify' ? seen(page, 'The log is intact') : dialog(page)).waitFor()
      expect(await axeFindings(page), `${section}, ${button}`).toEqual([])
    }
    expect([...owner.complaints, ...builder.complaints]).toEqual([])
  })
})
