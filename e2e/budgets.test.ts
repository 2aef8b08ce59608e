/** What models may use in a month: set on its page, shown there, and told to those who can change it. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../engine/store/testing/database.ts'
import { asAdmin } from '../engine/store/testing/server.ts'
import { hasChromium, launch, openPage } from './support/browser.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { type Client, signedIn } from './support/signed-in.ts'
import { checked, seen, signIn } from './support/studio.ts'

let data: Awaited<ReturnType<typeof dataFolder>>
let database: Awaited<ReturnType<typeof testDatabase>>
let server: Server
let browser: Browser
let client: Client
let owner: { page: Page; context: BrowserContext; complaints: string[] }

/** As the runs of some months would have left it. */
async function used(model: string, monthsAgo: number, calls: number): Promise<void> {
  const { id } = await client.organisation.get.query()
  const text = `INSERT INTO model_usage (organisation_id, month, model, calls, tokens, cost_micros)
    VALUES ($1, usage_month(now() - make_interval(months => $3)), $2, $4, $4::bigint * 2345, $4::bigint * 41000)`
  await asAdmin(database.adminUrl, (admin) => admin.query(text, [id, model, monthsAgo, calls]))
}

const openBudgets = async () => {
  await owner.page.goto(`${server.url}/admin/budgets`)
  await seen(owner.page, 'Limits of a month').waitFor()
}
const limits = () => owner.page.getByRole('form', { name: 'Limits of a month' })
const atATime = () => owner.page.getByRole('form', { name: 'Model calls at a time' })
const meter = (name: string) => owner.page.getByRole('meter', { name })
const banner = () => owner.page.getByRole('status').filter({ hasText: 'this month’s budget' })

describe.skipIf(!hasChromium())('budgets (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  beforeAll(async () => {
    data = await dataFolder()
    database = await testDatabase()
    server = await startServer(data.path, {
      DATABASE_URL: database.adminUrl,
      PRESSROOM_MASTER_KEY: 'a master key of the test of budgets',
    })
    browser = await launch()
    client = await signedIn(server.url)
    owner = await openPage(browser)
    await signIn(owner.context, server.url)
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await database.close()
    await data.remove()
  })

  test('before anything is used or limited, the page says so', async () => {
    await openBudgets()
    await seen(owner.page, 'No model was asked anything this month').waitFor()
    await seen(owner.page, 'Nothing was used in the eleven months').waitFor()
    expect(await meter('Model calls').count()).toBe(0)
    await checked(owner.page, 'budgets-empty', ['desktop'])
  })

  test('limits that are saved stand beside what was used, by model and month', async () => {
    const { configurations } = await client.models.list.query()
    const [first] = configurations
    await used(first?.id ?? '', 0, 820)
    await used('a-model-that-was-removed', 0, 30)
    await used(first?.id ?? '', 1, 1)
    await used(first?.id ?? '', 3, 4_211)
    await openBudgets()
    await limits().getByLabel('Model calls').fill('1,000')
    await limits().getByLabel('Money, in US dollars').fill('a lot')
    await seen(owner.page, 'Write amounts above zero').waitFor()
    const saving = limits().getByRole('button', { name: 'Save the limits' })
    // The button follows its form a moment later.
    await expect.poll(() => saving.isDisabled()).toBe(true)
    await limits().getByLabel('Money, in US dollars').fill('50')
    await saving.click()
    await meter('Model calls').waitFor()
    expect(await client.budgets.get.query()).toEqual({
      calls: 1_000,
      tokens: null,
      costMicros: 50_000_000,
      warnPercent: 80,
    })
    expect(await meter('Model calls').getAttribute('aria-valuetext')).toBe('85 % used, close to the limit')
    expect(await meter('Money').getAttribute('aria-valuetext')).toBe('69 % used')
    await seen(owner.page, 'a-model-that-was-removed').waitFor()
    await meter('Money').scrollIntoViewIfNeeded()
    await checked(owner.page, 'budgets')
    await owner.page.locator('summary').filter({ visible: true }).first().click()
    await atATime().scrollIntoViewIfNeeded()
    await checked(owner.page, 'budgets-lower')
  })

  test('how many calls run at a time is limited in all and by model', async () => {
    const { configurations } = await client.models.list.query()
    const { id, label } = configurations.find(({ agent }) => agent === null) ?? { id: '', label: '' }
    await openBudgets()
    await atATime().getByLabel('All models together').fill('4')
    await atATime().getByLabel(label, { exact: true }).fill('2')
    await atATime().getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => client.budgets.concurrency.query()).toEqual({ calls: 4, models: { [id]: 2 } })
  })

  test('whoever may set budgets is told on every page, at once, that one is close, used up, or raised again', async () => {
    const { page } = owner
    await page.goto(`${server.url}/gallery`)
    await banner().getByText('85 % of this month’s budget of model calls is used').waitFor()
    await checked(page, 'budget-banner')
    const budget = await client.budgets.get.query()
    await client.budgets.set.mutate({ ...budget, calls: 850 })
    await banner().getByText('is used up').waitFor()
    await checked(page, 'budget-banner-spent', ['phone'])
    await banner().getByRole('link', { name: 'Look at the budgets' }).click()
    await seen(page, 'Used up: no further call this month').waitFor()
    await client.budgets.set.mutate({ ...budget, calls: 10_000 })
    await page.goto(`${server.url}/gallery`)
    await seen(page, 'What shall we write?').waitFor()
    await banner().waitFor({ state: 'detached' })
    expect(owner.complaints).toEqual([])
  })
})
