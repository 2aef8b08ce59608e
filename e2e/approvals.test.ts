import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { type Flow, draftSchema } from '#graph'
import { hasChromium, launch, openPage, photograph } from './support/browser.ts'
import { type Server, dataFolder, pressroom, startServer } from './support/pressroom.ts'
import { type Client, signedIn } from './support/signed-in.ts'
import { checked, signIn } from './support/studio.ts'

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
beforeEach(async () => {
  data = await dataFolder()
  server = await startServer(data.path)
})
afterEach(async () => {
  await server.stop()
  await data.remove()
})

const brief = { topic: 'Tea', audience: 'Cooks', goal: 'Sell', keyPoints: ['Fresh'], tone: 'casual' as const }

/** One writer, whose draft is scored and ranked and waits for approval, and the deliverable. */
function flow(approval: Flow['nodes'][number]['config']): Flow {
  const nodes: [type: string, config: Flow['nodes'][number]['config']][] = [
    ['brief', { contentType: 'linkedin-post' }],
    ['writer', { agents: [{ agent: 'creative' }] }],
    ['evaluator', { agents: [{ agent: 'quality' }] }],
    ['rank', { agents: [{ agent: 'quality' }] }],
    ['approval', approval],
    ['deliverable', {}],
  ]
  const edge = (id: string, source: [string, string], target: [string, string]) => ({
    id,
    source: { node: source[0], port: source[1] },
    target: { node: target[0], port: target[1] },
  })
  return {
    schemaVersion: 1,
    name: 'Approved posts',
    description: '',
    nodes: nodes.map(([type, config], index) => {
      return { id: type, type, version: 1, position: { x: index * 200, y: 0 }, config }
    }),
    edges: [
      edge('a', ['brief', 'brief'], ['writer', 'brief']),
      edge('b', ['writer', 'drafts'], ['evaluator', 'draft']),
      edge('c', ['writer', 'drafts'], ['rank', 'drafts']),
      edge('d', ['evaluator', 'evaluation'], ['rank', 'evaluations']),
      edge('e', ['writer', 'drafts'], ['approval', 'input']),
      edge('f', ['rank', 'ranking'], ['deliverable', 'ranking']),
      edge('g', ['approval', 'approved'], ['deliverable', 'drafts']),
    ],
    notes: [],
    groups: [],
    subflows: [],
    limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  }
}

async function start(client: Client, document: Flow = flow({})): Promise<string> {
  const { id: flowId } = await client.flows.import.mutate({ document })
  return (await client.runs.start.mutate({ target: { flowId }, input: { brief } })).runId
}

const statusOf = (client: Client, id: string) => async () => (await client.runs.get.query({ id })).status

/** Kills the server and its Postgres with SIGKILL, and starts both again. */
async function restartedByForce(): Promise<Client> {
  const file = join(data.path, 'postgres', 'cluster', 'postmaster.pid')
  const postmaster = Number((await readFile(file, 'utf8')).split('\n')[0])
  await server.kill()
  process.kill(postmaster, 'SIGKILL')
  server = await startServer(data.path)
  return signedIn(server.url)
}

async function waiting(client: Client) {
  await expect.poll(() => client.approvals.list.query({}), { timeout: 20_000 }).toHaveLength(1)
  const [found] = await client.approvals.list.query({})
  return client.approvals.get.query({ id: found?.id ?? '' })
}

test('a run waits for approval through a kill -9 of server and Postgres; the deliverable has the edit, and the audit log says whose it is', async () => {
  const client = await signedIn(server.url)
  const runId = await start(client, flow({ instructions: 'Check the price of {{ input.brief.topic }}' }))
  await expect.poll(statusOf(client, runId), { timeout: 20_000 }).toBe('waiting')
  const before = await waiting(client)
  expect(before.instructions).toBe('Check the price of Tea')

  const again = await restartedByForce()
  expect(await again.runs.get.query({ id: runId })).toMatchObject({ status: 'waiting' })
  const after = await again.approvals.get.query({ id: before.id })
  expect(after).toEqual(before)
  const text = `${after.text}\n\nNow 3 pounds.`
  const { id, contentHash } = after
  const wish = { id, contentHash, verdict: 'edited' as const, text }
  const decided = await again.approvals.decide.mutate(wish)
  expect(decided).toMatchObject({ repeated: false, approval: { state: 'approved' } })
  await expect.poll(statusOf(again, runId), { timeout: 20_000 }).toMatch(/^succeeded/)

  const { deliverable, drafts, steps } = await again.runs.record.query({ id: runId })
  expect(deliverable?.versions.map((version) => version.text)).toEqual([text])
  expect(drafts.map(({ revisions }) => revisions.map(({ author }) => author.name))).toEqual([
    [expect.any(String), 'Ada Owner'],
  ])
  const written = steps.filter(({ nodeId }) => nodeId === 'writer')
  expect(written.map(({ status, attempt }) => [status, attempt])).toEqual([['succeeded', 1]])

  const { entries } = await again.audit.list.query({ action: 'approvals' })
  expect(entries).toMatchObject([
    {
      actor: { kind: 'person', name: 'Ada Owner' },
      action: 'approvals.decide',
      outcome: 'done',
      before: { contentHash },
      after: { run: runId, verdict: 'edited' },
    },
  ])
  expect((await again.approvals.decide.mutate(wish)).repeated).toBe(true)
})

test('what is sent back is revised by its writer with the notes, and waits again', async () => {
  const client = await signedIn(server.url)
  const runId = await start(client, flow({ maxSendBacks: 1 }))
  const first = await waiting(client)
  const { id, contentHash, sendBackTo } = first
  expect(sendBackTo).toEqual([{ id: expect.any(String), name: 'Creative writer', again: [] }])
  await client.approvals.decide.mutate({
    id,
    contentHash,
    verdict: 'sent_back',
    notes: 'Make it much shorter.',
  })
  await expect
    .poll(async () => (await client.approvals.list.query({})).map((one) => one.id), { timeout: 20_000 })
    .not.toEqual([id])
  const second = await waiting(client)
  expect(second.sendBackTo).toEqual([])
  expect(second.text).not.toBe(first.text)
  expect(second.content).toMatchObject({ revisions: [{ number: 1 }, { notes: ['Make it much shorter.'] }] })
  expect(second.decisions).toMatchObject([{ verdict: 'sent_back', notes: 'Make it much shorter.' }])
  await client.approvals.decide.mutate({
    id: second.id,
    contentHash: second.contentHash,
    verdict: 'approved',
  })
  await expect.poll(statusOf(client, runId), { timeout: 20_000 }).toMatch(/^succeeded/)
  const { deliverable } = await client.runs.get.query({ id: runId })
  expect(deliverable?.versions.map((version) => version.text)).toEqual([second.text])
})

/** The same with an editor between writer and approval. */
function edited(approval: Flow['nodes'][number]['config'] = {}): Flow {
  const whole = flow(approval)
  const config = { agents: [{ agent: 'clarity' }] }
  return {
    ...whole,
    nodes: [
      ...whole.nodes,
      { id: 'editor', type: 'editor', version: 1, position: { x: 500, y: 100 }, config },
    ],
    edges: [
      ...whole.edges.filter(({ id }) => id !== 'e'),
      { id: 'i', source: { node: 'writer', port: 'drafts' }, target: { node: 'editor', port: 'draft' } },
      { id: 'j', source: { node: 'editor', port: 'draft' }, target: { node: 'approval', port: 'input' } },
    ],
  }
}

test('what is sent back to an earlier step is worked on there with the notes, then by all that follow it, and waits again', async () => {
  const client = await signedIn(server.url)
  const runId = await start(client, edited())
  const first = await waiting(client)
  const [own, byEditor, byWriter] = first.sendBackTo
  const editor = 'Clarity editor on Creative writer'
  expect(first.sendBackTo).toMatchObject([
    { id: 'writer', name: 'Creative writer', again: [] },
    { name: editor, again: [] },
    { name: 'Creative writer', again: [editor] },
  ])
  expect(new Set([own?.id, byEditor?.id, byWriter?.id]).size).toBe(3)
  const reviewsOf = (content: unknown) => draftSchema.parse(content).reviews
  const before = draftSchema.parse(first.content)

  const { id, contentHash } = first
  const wish = { id, contentHash, verdict: 'sent_back' as const, notes: 'Name the price.', to: byWriter?.id }
  await client.approvals.decide.mutate(wish)
  await expect
    .poll(async () => (await client.approvals.list.query({})).map((one) => one.id), { timeout: 20_000 })
    .not.toEqual([id])
  const second = await waiting(client)
  const after = draftSchema.parse(second.content)
  const [answer] = after.revisions.slice(before.revisions.length)
  expect(answer?.notes).toEqual(['Name the price.'])
  expect(reviewsOf(second.content).length).toBeGreaterThan(reviewsOf(first.content).length)
  expect(reviewsOf(second.content).at(-1)?.revision).toBeGreaterThanOrEqual(answer?.number ?? Infinity)
  expect([after.id, after.parent]).toEqual([before.id, before.parent])
  expect(second.decisions).toMatchObject([{ verdict: 'sent_back', sentTo: 'Creative writer' }])

  const { steps } = await client.runs.record.query({ id: runId })
  const finished = steps.filter(({ nodeId }) => nodeId !== 'approval')
  expect(finished.map(({ status, attempt }) => [status, attempt])).toEqual(
    finished.map(() => ['succeeded', 1]),
  )
  await client.approvals.decide.mutate({
    id: second.id,
    contentHash: second.contentHash,
    verdict: 'approved',
  })
  await expect.poll(statusOf(client, runId), { timeout: 20_000 }).toMatch(/^succeeded/)
  const { deliverable } = await client.runs.get.query({ id: runId })
  expect(deliverable?.versions.map((version) => version.text)).toEqual([second.text])
})

test('a node that needs an approval takes what was approved, in a rerun too, and refuses what was changed after it', async () => {
  const client = await signedIn(server.url)
  const whole = flow({})
  const place = { version: 1, position: { x: 900, y: 200 } }
  const settings = { needsApproval: true }
  const document: Flow = {
    ...whole,
    nodes: [
      ...whole.nodes.map((node) => (node.id === 'deliverable' ? { ...node, settings } : node)),
      {
        id: 'rewrite',
        type: 'local-model',
        ...place,
        config: { prompt: 'Say it otherwise: {{ input.text }}' },
      },
      { id: 'publish', type: 'collect', ...place, config: {}, settings },
    ],
    edges: [
      ...whole.edges,
      { id: 'k', source: { node: 'approval', port: 'approved' }, target: { node: 'rewrite', port: 'input' } },
      { id: 'l', source: { node: 'rewrite', port: 'text' }, target: { node: 'publish', port: 'items' } },
    ],
  }
  const runId = await start(client, document)
  const { id, contentHash, text } = await waiting(client)
  const wish = { id, contentHash, verdict: 'edited' as const, text: `${text} Three pounds.` }
  await client.approvals.decide.mutate(wish)
  await expect.poll(statusOf(client, runId), { timeout: 20_000 }).toMatch(/^succeeded/)
  const outcomes = async (run: string) => {
    const { steps } = await client.runs.record.query({ id: run })
    return ['deliverable', 'publish'].map((nodeId) => {
      const step = steps.find((one) => one.nodeId === nodeId)
      return [step?.status, step?.failure?.code]
    })
  }
  const expected = [
    ['succeeded', undefined],
    ['failed', 'approval.void'],
  ]
  expect(await outcomes(runId)).toEqual(expected)

  const again = await client.runs.rerunFrom.mutate({ runId, nodeId: 'deliverable' })
  await expect.poll(statusOf(client, again.runId), { timeout: 20_000 }).toMatch(/^succeeded/)
  expect(await outcomes(again.runId)).toEqual(expected)
})

test('a command says for whom and where a run waits, and `runs show` does', async () => {
  const client = await signedIn(server.url)
  const runId = await start(client, flow({ roles: ['reviewer'], quorum: 2 }))
  await expect.poll(statusOf(client, runId), { timeout: 20_000 }).toBe('waiting')
  const { stdout } = await pressroom(['runs', 'show', runId], data.path)
  expect(stdout).toMatch(/waits for 2 approvals by reviewer at http:\/\/localhost\S*\/inbox\/[0-9a-f]{32}\.1/)
})

describe.skipIf(!hasChromium())('in Chromium (needs /usr/bin/chromium or CHROMIUM_PATH)', () => {
  let browser: Browser
  beforeEach(async () => {
    browser = await launch()
  })
  afterEach(async () => {
    await browser.close()
  })

  test('what waits appears in the navigation by itself, and somebody edits and approves it', async () => {
    const client = await signedIn(server.url)
    const { page, context, complaints } = await openPage(browser)
    await signIn(context, server.url)
    await page.goto(`${server.url}/inbox`)
    await page.getByText('Nothing waits for you').waitFor()
    await checked(page, 'inbox-empty')
    const runId = await start(client, edited({ instructions: 'Is the price right?' }))
    const rail = page.getByRole('navigation', { name: 'Main' }).filter({ visible: true })
    await rail.getByRole('link', { name: /Inbox.*1 waiting for you/ }).waitFor({ timeout: 20_000 })
    await page.getByRole('link', { name: /^Tea/ }).waitFor()
    await checked(page, 'inbox')
    await page.getByRole('link', { name: /^Tea/ }).click()
    await page.getByText('Is the price right?').waitFor()
    await checked(page, 'decision')

    await page.getByRole('button', { name: 'Send back…' }).click()
    const dialog = page.locator('ion-modal').filter({ visible: true })
    await dialog.getByLabel('What has to change').waitFor()
    await dialog.getByText('Works on it with your notes, then Clarity editor on Creative writer').waitFor()
    await photograph(page, 'decision-send-back', { sizes: ['desktop', 'phone'] })
    await dialog.getByRole('button', { name: 'Not now' }).click()
    await dialog.waitFor({ state: 'hidden' })

    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    const editor = page.getByLabel('The text as it shall go on')
    const text = `${await editor.inputValue()} Three pounds.`
    await editor.fill(text)
    await checked(page, 'decision-edit')
    await page.getByRole('button', { name: 'Save and approve' }).click()
    await page.getByText('The run goes on with this text.').waitFor()
    await checked(page, 'decision-done')
    await expect.poll(statusOf(client, runId), { timeout: 20_000 }).toMatch(/^succeeded/)
    const { deliverable } = await client.runs.get.query({ id: runId })
    expect(deliverable?.versions.map((version) => version.text)).toEqual([text])
    await rail.getByRole('link', { name: 'Inbox', exact: true }).waitFor()
    expect(complaints).toEqual([])
  })
})
