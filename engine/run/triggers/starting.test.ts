import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { PressroomError } from '#graph'
import { type Harness, brief, owner, template, testApi } from '../../api/testing/harness.ts'
import { newCallId, runOfCall } from '../ids.ts'
import type { RunService } from '../interfaces.ts'
import { type Triggers, createTriggers } from './triggers.ts'

let api: Harness
let ref: { organisationId: string; triggerId: string }
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  const post = { method: 'POST' as const, cookie: await api.signIn() }
  const { id: flowId } = await api.ask<{ id: string }>('flows.import', {
    ...post,
    input: { document: template.flow },
  })
  await api.ask('flows.publish', { ...post, input: { id: flowId } })
  const settings = { kind: 'webhook', signing: 'none', answer: 'at-once', brief }
  const { trigger } = await api.ask<{ trigger: { id: string } }>('triggers.create', {
    ...post,
    input: { flowId, name: 'Hook', settings },
  })
  ref = { organisationId: 'default', triggerId: trigger.id }
})
afterAll(() => api.close())

/** Duties run when the test says so. */
let duties: (() => void)[]
let start: RunService['start']
let started: string[]
/** Runs that the audit log was told of, and by which trigger. */
let told: [run: string, trigger: string][]
let triggers: Triggers
beforeEach(() => {
  duties = []
  started = []
  told = []
  start = async (_organisation, _target, _input, { runId = '' } = {}) => {
    started.push(runId)
    return { runId, repeated: false }
  }
  triggers = processOf()
})

const processOf = () =>
  createTriggers({
    calls: api.store.triggerCalls,
    runs: { start: (...asked) => start(...asked) },
    reader: api.store.reader,
    started: async ({ runId, triggerId }) => void told.push([runId, triggerId]),
    clock: {
      now: () => 0,
      after: (_ms, duty) => {
        duties.push(duty)
        return () => {}
      },
    },
    log: { error: () => {}, info: () => {} },
  })

const call = () => {
  const id = newCallId(Date.now())
  return { id, key: id, body: null, input: { brief }, failure: null }
}
const statusOf = async (id: string) => (await api.store.triggerCalls.outcome(ref, id))?.status
const later = (id: string) => api.admin(`UPDATE trigger_calls SET not_before = now() WHERE id = $1`, [id])

it('a call that was accepted by a process that died is started by the next one that looks', async () => {
  const orphan = call()
  await api.store.triggerCalls.accept(ref, orphan)
  await later(orphan.id)
  triggers.watch()
  for (const duty of duties) duty()
  await expect.poll(() => statusOf(orphan.id)).toBe('started')
  expect(started).toEqual([runOfCall(orphan.id)])
  await expect.poll(() => told).toEqual([[runOfCall(orphan.id), ref.triggerId]])
})

it('a run that is there already is not started again, though nobody had noted that it was', async () => {
  const accepted = await triggers.accept(ref, call())
  const { callId } = accepted ?? { callId: '' }
  await triggers.done(callId)
  await api.admin(
    `INSERT INTO runs (id, organisation_id, flow_name, status, seed, input, snapshot, progress)
     VALUES ($1, 'default', '', 'running', 1, '{}', '{}', '{}')`,
    [runOfCall(callId)],
  )
  await api.admin(`UPDATE trigger_calls SET status = 'accepted', not_before = now() WHERE id = $1`, [callId])
  triggers.watch()
  for (const duty of duties) duty()
  await expect.poll(() => statusOf(callId)).toBe('started')
  expect(started).toHaveLength(1)
})

it('what may pass by itself is tried again, and the reason is shown meanwhile', async () => {
  const { start: works } = { start }
  start = async () => {
    throw new PressroomError({ code: 'store.unavailable', message: 'Away.', fix: 'Wait.', retryable: true })
  }
  const accepted = await triggers.accept(ref, call())
  const { callId } = accepted ?? { callId: '' }
  await triggers.done(callId)
  expect(await api.store.triggerCalls.outcome(ref, callId)).toMatchObject({
    status: 'accepted',
    failure: { code: 'store.unavailable' },
  })
  start = works
  await later(callId)
  triggers.watch()
  for (const duty of duties) duty()
  await expect.poll(() => statusOf(callId)).toBe('started')
})

it('what can not be put right by waiting is refused with its reason, once', async () => {
  start = async () => {
    throw new PressroomError({ code: 'flow.invalid', message: 'No.', fix: 'Correct it.' })
  }
  const accepted = await triggers.accept(ref, call())
  const { callId } = accepted ?? { callId: '' }
  await triggers.done(callId)
  expect(await api.store.triggerCalls.outcome(ref, callId)).toMatchObject({
    status: 'refused',
    failure: { code: 'flow.invalid' },
  })
  expect(await api.store.triggerCalls.waiting(10)).toEqual([])
})

it('a process that stops finishes the starts that it has begun and begins no more', async () => {
  const gate = Promise.withResolvers<void>()
  const inFlight = Promise.withResolvers<void>()
  start = async (_organisation, _target, _input, { runId = '' } = {}) => {
    inFlight.resolve()
    await gate.promise
    started.push(runId)
    return { runId, repeated: false }
  }
  const first = call()
  await triggers.accept(ref, first)
  await inFlight.promise
  const stopping = triggers.stop()
  const second = call()
  await triggers.accept(ref, second)
  gate.resolve()
  await stopping
  expect([await statusOf(first.id), await statusOf(second.id)]).toEqual(['started', 'accepted'])
  expect(started).toEqual([runOfCall(first.id)])
})
