import { createServer } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLIENT, type Issuer, startIssuer } from '../engine/api/testing/issuer.ts'
import { totp } from '../engine/api/testing/totp.ts'
import { axeFindings, hasChromium, launch, openPage, photograph } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, OWNER, signedIn } from './support/signed-in.ts'

const BO = { email: 'bo@example.com', name: 'Bo Newcomer', password: 'a password of their own' }

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
let browser: Browser
let issuer: Issuer
let admin: Client
let url: string

/** What an admin does on screen; answers the address that the provider has to know. */
async function offerSignOn(): Promise<string> {
  const { page, context, complaints } = await openPage(browser)
  await signIn(page, OWNER.email, OWNER.password)
  await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
  await page.goto(`${url}/admin/sign-on`)
  await page.getByRole('button', { name: 'New provider' }).click()
  const dialog = page.locator('ion-modal').filter({ visible: true })
  await dialog.getByLabel('Name on the button').fill('Example login')
  await dialog.getByLabel('Address of the provider').fill(issuer.url)
  await dialog.getByRole('button', { name: 'Test' }).click()
  await dialog.getByText('It answers').waitFor()
  await dialog.getByLabel('Client id').fill(CLIENT.clientId)
  await dialog.getByLabel('Client secret').fill(CLIENT.clientSecret)
  await dialog.getByLabel('Domains whose people may join').fill('example.com')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  const callback = page.getByRole('textbox', { name: 'Address to enter at the provider' })
  await callback.waitFor()
  const address = await callback.inputValue()
  expect(complaints).toEqual([])
  await context.close()
  return address
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

describe.skipIf(!hasChromium())('people in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    data = await dataFolder()
    const port = await freePort()
    url = `http://localhost:${port}`
    issuer = await startIssuer()
    server = await startServer(data.path, { PORT: String(port) })
    admin = await signedIn(server.url)
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await issuer.close()
    await data.remove()
  })

  test('somebody who is invited opens the link, says a name and a password, and is in; the link is then spent', async () => {
    const { path } = await admin.invitations.create.mutate({ email: BO.email, role: 'builder' })
    const { page, complaints } = await openPage(browser)
    await page.goto(url + path)
    await page.getByRole('heading', { name: 'Join Example' }).waitFor()
    await checked(page, 'invitation')
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText('Say what colleagues call you.').waitFor()
    await page.getByLabel('Your name').fill(BO.name)
    await page.getByLabel('Password').fill(BO.password)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()

    const again = await openPage(browser)
    await again.page.goto(url + path)
    await again.page.getByText('It was accepted already.').waitFor()
    await checked(again.page, 'invitation-spent')
    expect([...complaints, ...again.complaints]).toEqual([])
    await Promise.all([page.context().close(), again.context.close()])
  })

  test('two-factor sign-in is set up on the account page and asked for at the next sign-in', async () => {
    const { page, context, complaints } = await openPage(browser)
    await signIn(page, BO.email, BO.password)
    await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
    await page.goto(`${url}/account`)
    await page.getByRole('heading', { name: /Two-factor/ }).waitFor()
    await page.getByText('This browser').waitFor()
    await checked(page, 'account')
    await page.getByRole('button', { name: 'Set up…' }).click()
    await page.getByLabel('Your password').fill(BO.password)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByAltText('QR code').waitFor()
    await checked(page, 'account-two-factor')
    const secret = (await page.locator('code').first().innerText()).replaceAll(' ', '')
    const uri = `otpauth://totp/x?secret=${secret}`
    await page.getByLabel('Code', { exact: true }).fill(totp(uri, -1))
    await page.getByRole('button', { name: 'Turn on' }).click()
    await page.getByText('Keep these backup codes').waitFor()
    await checked(page, 'account-backup-codes')
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByRole('button', { name: 'Turn off…' }).waitFor()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()

    await signIn(page, BO.email, BO.password)
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await checked(page, 'second-step')
    await page.getByLabel('Code', { exact: true }).fill('000000')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('This code is not valid').waitFor()
    await page.getByLabel('Code', { exact: true }).fill(totp(uri))
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('single sign-on leads to the identity provider and back in, and says in plain words why not', async () => {
    const callback = await offerSignOn()
    issuer.register(callback)
    issuer.person = { id: 'cleo', claims: { email: 'cleo@example.com', email_verified: true, name: 'Cleo' } }
    const { page, context, complaints } = await openPage(browser)
    await page.goto(`${url}/sign-in`)
    await page.getByText('Sign in with Example login').waitFor()
    await checked(page, 'sign-in')
    await page.getByText('Sign in with Example login').click()
    await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
    const session = await page.evaluate(async () => (await fetch('/trpc/session.get')).json())
    expect(session).toMatchObject({
      result: { data: { user: { email: 'cleo@example.com' }, role: 'viewer' } },
    })

    issuer.person = { id: 'eve', claims: { email: 'eve@elsewhere.example', email_verified: true } }
    const stranger = await openPage(browser)
    await stranger.page.goto(`${url}/sign-in`)
    await stranger.page.getByText('Sign in with Example login').click()
    await stranger.page.getByText('Addresses of your domain can’t sign in this way.').waitFor()
    await checked(stranger.page, 'sign-in-refused')
    expect([...complaints, ...stranger.complaints]).toEqual([])
    await Promise.all([context.close(), stranger.context.close()])
  })

  test('a reset link gives a new password, and a session that is ended elsewhere is over', async () => {
    const [cleo] = (await admin.members.list.query()).filter(({ email }) => email === 'cleo@example.com')
    const { path } = await admin.members.resetLink.mutate({ id: cleo?.id ?? '' })
    const { page, context } = await openPage(browser)
    await page.goto(url + path)
    await page.getByLabel('New password').fill('cleo likes long ones')
    await checked(page, 'reset')
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByText('Your new password is set.').waitFor()
    await signIn(page, 'cleo@example.com', 'cleo likes long ones')
    await page.getByRole('heading', { name: 'What shall we write?' }).waitFor()

    const other = await openPage(browser, { userAgent: 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0' })
    await signIn(other.page, 'cleo@example.com', 'cleo likes long ones')
    await other.page.getByRole('heading', { name: 'What shall we write?' }).waitFor()
    await page.goto(`${url}/account`)
    await page.getByRole('button', { name: 'Sign out Firefox on Windows' }).click()
    await page.getByText('Firefox on Windows').waitFor({ state: 'detached' })
    await other.page.reload()
    await other.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await page.getByText('This browser').count()).toBe(1)
    await Promise.all([context.close(), other.context.close()])
  })
})

async function signIn(page: Page, email: string, password: string) {
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function checked(page: Page, name: string) {
  await photograph(page, `people-${name}`)
  expect(await axeFindings(page), name).toEqual([])
}
