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

it('keeps what it is told for how long, and tells the audit log what it was before', async () => {
  const post = (input: unknown) => ({ method: 'POST', cookie: ada.cookie, input }) as const
  const first = await api.ask('organisation.keep', post({ runDays: 90, eventDays: 7 }))
  expect(first).toMatchObject({ retention: { runDays: 90, eventDays: 7 } })
  await api.ask('organisation.keep', post({ runDays: null, eventDays: 7 }))
  expect(await api.ask('organisation.get', { cookie: ada.cookie })).toMatchObject({
    retention: { runDays: null, eventDays: 7 },
  })
  const { entries } = await api.ask<{ entries: object[] }>('audit.list', {
    cookie: ada.cookie,
    input: { action: 'organisation.keep' },
  })
  expect(entries[0]).toMatchObject({
    action: 'organisation.keep',
    outcome: 'done',
    before: { runDays: 90, eventDays: 7 },
    after: { runDays: null, eventDays: 7 },
  })
})

it.each([0, -1, 1.5, 36_501])('takes no %s days', async (runDays) => {
  const answer = await api.call('organisation.keep', {
    method: 'POST',
    cookie: ada.cookie,
    input: { runDays, eventDays: null },
  })
  expect(answer.status).toBe(400)
})
