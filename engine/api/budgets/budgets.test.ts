import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, type Person, owner, testApi } from '../testing/harness.ts'

let api: Harness
let ada: Person
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  ada = await api.person({ role: 'owner' })
}, 30_000)
afterAll(() => api.close())

const unlimited = { calls: null, tokens: null, costMicros: null, warnPercent: 80 }

it('has no budget until one is set, and tells the audit log what it was before', async () => {
  expect(await api.ask('budgets.get', { cookie: ada.cookie })).toEqual(unlimited)
  const budget = { calls: 1_000, tokens: null, costMicros: 5_000_000_000, warnPercent: 90 }
  await api.ask('budgets.set', { method: 'POST', cookie: ada.cookie, input: budget })
  expect(await api.ask('budgets.get', { cookie: ada.cookie })).toEqual(budget)
  const { entries } = await api.ask<{ entries: object[] }>('audit.list', {
    cookie: ada.cookie,
    input: { action: 'budgets.set' },
  })
  expect(entries[0]).toMatchObject({ outcome: 'done', before: unlimited, after: budget })
})

it('shows what was used by month and model, latest first', async () => {
  const { id } = await api.ask<{ id: string }>('organisation.get', { cookie: ada.cookie })
  const text = `INSERT INTO model_usage (organisation_id, month, model, calls, tokens, cost_micros) VALUES
    ($1, usage_month(now()), 'small', 2, 20, 0), ($1, usage_month(now()), 'large', 9, 90, 7),
    ($1, usage_month(now() - interval '1 month'), 'small', 3, 30, 0), ($1, '2000-01-01', 'small', 4, 40, 0)`
  await api.admin(text, [id])
  const used = await api.ask<{ model: string; calls: number }[]>('budgets.usage', {
    cookie: ada.cookie,
    input: { months: 2 },
  })
  expect(used.map(({ model, calls }) => [model, calls])).toEqual([
    ['large', 9],
    ['small', 2],
    ['small', 3],
  ])
})

it('sets the use of this month beside its budget, without that of earlier ones', async () => {
  const { id } = await api.ask<{ id: string }>('organisation.get', { cookie: ada.cookie })
  expect(await api.store.budgets.thisMonth(id)).toEqual({
    budget: await api.ask('budgets.get', { cookie: ada.cookie }),
    used: { calls: 11, tokens: 110, costMicros: 7 },
  })
})

it('limits how many calls are under way at a time, in all and by model, until the limit is lifted', async () => {
  const none = { calls: null, models: {} }
  expect(await api.ask('budgets.concurrency', { cookie: ada.cookie })).toEqual(none)
  for (const limits of [
    { calls: 4, models: { small: 1, large: 2 } },
    { calls: null, models: { large: 3 } },
    none,
  ]) {
    await api.ask('budgets.setConcurrency', { method: 'POST', cookie: ada.cookie, input: limits })
    expect(await api.ask('budgets.concurrency', { cookie: ada.cookie })).toEqual(limits)
  }
  const { entries } = await api.ask<{ entries: object[] }>('audit.list', {
    cookie: ada.cookie,
    input: { action: 'concurrency.set' },
  })
  expect(entries[0]).toMatchObject({ before: { models: { large: 3 } }, after: none })
})
