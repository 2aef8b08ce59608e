import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, readdir, readlink } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { codeOf, hostWith, replyOf, settledByHand, testSandbox, type TestSandbox } from './testing/harness.ts'

let box: TestSandbox | undefined
afterEach(async () => {
  await box?.close()
  box = undefined
})

async function onlyPid({ sandbox }: TestSandbox): Promise<number> {
  const [process] = (await sandbox.stats()).processes
  if (!process) throw new Error('no sandbox process')
  return process.pid
}

/** A step that has asked the host something and now waits for the answer, which the test gives. */
async function waitingStep(more: Parameters<TestSandbox['run']>[2] = {}, config: object = {}) {
  if (!box) throw new Error('no sandbox')
  const asked = settledByHand<void>()
  const answer = settledByHand<ReturnType<typeof replyOf>>()
  const host = hostWith(() => {
    asked.settle()
    return answer.promise
  })
  const result = box.run('talker', { prompts: ['a'], ...config }, { host, ...more })
  await asked.promise
  return { result, answer: () => answer.settle(replyOf('Yes.')) }
}

describe('a process that dies', () => {
  test('fails the steps that waited in it as retryable, is replaced, and the next step works', async () => {
    box = await testSandbox()
    const waiting = await waitingStep()
    const pid = await onlyPid(box)
    process.kill(pid, 'SIGKILL')
    expect(await waiting.result).toMatchObject({ failure: { code: 'sandbox.restarted', retryable: true } })
    expect(codeOf(await box.run('talker', {}))).toBe('ok')
    expect(await onlyPid(box)).not.toBe(pid)
  })

  test('in the middle of a step fails that step by name and lets the others try again', async () => {
    box = await testSandbox({ limits: { sliceMs: 20_000 } })
    const waiting = await waitingStep()
    const pid = await onlyPid(box)
    const host = hostWith()
    const looping = box.run('talker', { prompts: ['a'], after: 'loop' }, { host })
    await expect.poll(() => host.calls.length).toBe(1)
    process.kill(pid, 'SIGKILL')
    expect(await looping).toMatchObject({
      failure: { code: 'sandbox.killed', retryable: true, facts: { nodeType: 'talker@1' } },
    })
    expect(codeOf(await waiting.result)).toBe('sandbox.restarted')
    expect(codeOf(await box.run('talker', {}))).toBe('ok')
  })

  test('that ignores its limits is killed by the watchdog and fails the step that held it', async () => {
    box = await testSandbox({ limits: { sliceMs: 200, graceMs: 300 } })
    await box.run('talker', {})
    const pid = await onlyPid(box)
    process.kill(pid, 'SIGSTOP')
    expect(await box.run('talker', {})).toMatchObject({
      failure: { code: 'sandbox.timeout', retryable: false },
    })
    expect(codeOf(await box.run('talker', {}))).toBe('ok')
    expect(await onlyPid(box)).not.toBe(pid)
  })
})

test('a step that reaches its limit ends its isolate only: other organisations go on in the same process', async () => {
  box = await testSandbox()
  const neighbour = await waitingStep({ organisationId: 'org-2' })
  const colleague = await waitingStep({ runId: 'run-2' })
  const pid = await onlyPid(box)
  expect(codeOf(await box.run('hostile', { deed: 'loop' }))).toBe('sandbox.timeout')
  expect(await colleague.result).toMatchObject({ failure: { code: 'sandbox.restarted', retryable: true } })
  neighbour.answer()
  expect(codeOf(await neighbour.result)).toBe('ok')
  expect(await onlyPid(box)).toBe(pid)
})

describe('organisations', () => {
  const openSteps = async () =>
    (await box?.sandbox.stats())?.processes.map((process) => process.openSteps).toSorted((a, b) => b - a)

  test('are in different processes at a time, and one process stands free for the next', async () => {
    box = await testSandbox({ maxProcesses: 3 })
    const one = await waitingStep()
    const other = await waitingStep({ organisationId: 'org-2' })
    await expect.poll(openSteps).toEqual([1, 1, 0])
    for (const each of [one, other]) {
      each.answer()
      expect(codeOf(await each.result)).toBe('ok')
    }
  })

  test('that have as many processes as the sandbox starts with get no further one', async () => {
    box = await testSandbox({ maxProcesses: 3 })
    const steps = [
      await waitingStep(),
      await waitingStep({ runId: 'run-2' }),
      await waitingStep({ runId: 'run-3' }),
    ]
    expect(await openSteps()).toEqual([3])
    for (const each of steps) each.answer()
    await Promise.all(steps.map(({ result }) => result))
  })

  test('share a process when there may be no further one', async () => {
    box = await testSandbox()
    const steps = [await waitingStep(), await waitingStep({ organisationId: 'org-2' })]
    expect(await openSteps()).toEqual([2])
    for (const each of steps) each.answer()
    for (const { result } of steps) expect(codeOf(await result)).toBe('ok')
  })
})

describe('cancellation', () => {
  test('ends a waiting step at once and gives nothing to it afterwards', async () => {
    box = await testSandbox()
    const abort = new AbortController()
    const waiting = await waitingStep({ signal: abort.signal })
    abort.abort()
    expect(codeOf(await waiting.result)).toBe('step.cancelled')
    waiting.answer()
    expect(codeOf(await box.run('talker', {}))).toBe('ok')
    expect((await box.sandbox.stats()).processes[0]?.openSteps).toBe(0)
  })

  test('before the start runs nothing', async () => {
    box = await testSandbox()
    const host = hostWith()
    expect(codeOf(await box.run('talker', { prompts: ['a'] }, { host, signal: AbortSignal.abort() }))).toBe(
      'step.cancelled',
    )
    expect(host.calls).toEqual([])
  })
})

test('a step that takes longer than the overall limit fails, waiting included', async () => {
  box = await testSandbox({ limits: { wallMs: 1_500 } })
  await box.run('talker', {})
  const waiting = await waitingStep()
  expect(codeOf(await waiting.result)).toBe('sandbox.timeout')
})

test('a process that has served its number of runs is replaced without failing a step', async () => {
  box = await testSandbox({ recycleAfterRuns: 3 })
  for (let run = 0; run < 2; run++) await box.run('talker', {}, { runId: `run-${run}` })
  const pid = await onlyPid(box)
  const waiting = await waitingStep({ runId: 'the last one' })
  await expect.poll(async () => (await box?.sandbox.stats())?.processes.length).toBe(2)
  expect(codeOf(await box.run('talker', {}, { runId: 'late' }))).toBe('ok')
  waiting.answer()
  expect(codeOf(await waiting.result)).toBe('ok')
  await expect
    .poll(async () => (await box?.sandbox.stats())?.processes.map((process) => process.pid))
    .not.toContain(pid)
})

test.runIf(process.platform === 'linux')(
  'a process has an empty environment and nothing open but its channel and its own figures',
  async () => {
    box = await testSandbox()
    await box.run('talker', {})
    const folder = `/proc/${await onlyPid(box)}`
    expect(await readFile(`${folder}/environ`, 'utf8')).toBe('')
    expect(await readdir(`${folder}/cwd`)).toEqual([])
    const open = await Promise.all(
      (await readdir(`${folder}/fd`)).map((fd) => readlink(`${folder}/fd/${fd}`)),
    )
    const foreign = open.filter((target) => !/^(\/dev\/null|socket:|pipe:|anon_inode:)/.test(target))
    expect(foreign).toEqual([`${folder}/status`])
  },
)

test('a process ends with its owner, even when the owner is killed and a step loops in it', async () => {
  const script = fileURLToPath(new URL('./testing/owner.ts', import.meta.url))
  const owner = spawn(process.execPath, ['--no-node-snapshot', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(owner.stdout, 'data')) as [Buffer]
  const pid = Number(line.toString())
  expect(pid).toBeGreaterThan(0)
  owner.kill('SIGKILL')
  await expect.poll(() => isAlive(pid)).toBe(false)
})

/** A killed process that nobody has waited for yet counts as ended. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  return !/^\d+ \(.*\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '0 () Z'))
}
