/** An executor on one simulated run, whose nodes do what a test says. */
import { type Failure, type NodeSettings, PressroomError } from '#graph'
import { createCallbackTokens } from '../callback-tokens.ts'
import { Committer } from '../committer.ts'
import { Executor } from '../executor.ts'
import type { HostPort, ModelCallReply, SandboxResult, SandboxStep } from '../interfaces.ts'
import { RUN_PAUSED } from '../journal.ts'
import { RunCache } from '../run-cache.ts'
import { flowOf, testSnapshot } from './flows.ts'
import { SimulatedRun } from './simulated-run.ts'
import { SimulatedStore } from './simulated-store.ts'

export const done: SandboxResult = { ok: true, outputs: [{ port: 'out', label: '', value: 1 }] }

export const failure: Failure = { code: 'node.failed', message: '', fix: '', retryable: false, facts: {} }

/** A worker on one run whose nodes do what `node` says. */
export function working(
  node: (step: SandboxStep, host: HostPort, signal: AbortSignal) => Promise<SandboxResult>,
  {
    types = ['source'],
    agents = ['a'],
    concurrency = 4,
    settings,
  }: { types?: string[]; agents?: string[]; concurrency?: number; settings?: NodeSettings } = {},
) {
  const flow = flowOf(types, agents)
  for (const one of flow.nodes) one.settings = settings
  const run = new SimulatedRun(testSnapshot(flow))
  const store = new SimulatedStore(run)
  const calls: string[] = []
  const paused = { now: false }
  const replies: PromiseWithResolvers<ModelCallReply>[] = []
  const hinted: string[] = []
  const executor = new Executor({
    worker: 'w',
    concurrency,
    store,
    committer: new Committer(store),
    cache: new RunCache(store),
    queue: {
      add: async (hints) => void hinted.push(...hints.map(({ stepId }) => stepId)),
      consume: async () => {},
      pause: async () => {},
      close: async () => {},
    },
    sandbox: { manifests: () => [], run: node, forget: () => {}, close: async () => {} },
    gateway: {
      generate({ purpose }) {
        if (paused.now) throw new PressroomError({ code: RUN_PAUSED, message: 'Paused.', fix: 'Resume.' })
        calls.push(purpose)
        const reply = Promise.withResolvers<ModelCallReply>()
        replies.push(reply)
        return reply.promise
      },
    },
    clock: {
      now: () => performance.now(),
      after(ms, callback) {
        const timer = setTimeout(callback, ms)
        return () => clearTimeout(timer)
      },
    },
    callbacks: createCallbackTokens('key'),
    log: { error: () => {}, info: () => {} },
  })
  const hint = () => ({
    organisationId: 'org',
    runId: 'run_test',
    stepId: run.inState('ready')[0]?.id ?? '',
    attempt: 0,
  })
  return { run, store, executor, calls, replies, hinted, hint, paused }
}
