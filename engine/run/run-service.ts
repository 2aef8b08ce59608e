import { createHash } from 'node:crypto'
import { type Budget, type Flow, PressroomError, type Priority, canonicalJson } from '#graph'
import { createCallables } from './children/child-plans.ts'
import { arrivedAt, noSuchNode } from './arrived.ts'
import { asOwn, renaming } from './given.ts'
import { newRunId } from './ids.ts'
import type {
  EarlierRun,
  RerunWish,
  RunOrigin,
  RunService,
  RunSnapshot,
  RunStore,
  StartOptions,
  StartRequest,
  Started,
} from './interfaces.ts'
import { tighter } from './limits/run-budget.ts'
import { type LocateParts, locate, notFound } from './locate.ts'
import { type PrepareParts, type Prepared, createPrepare, refuse, trialOf } from './prepare.ts'
import { refuseUnended } from './replay.ts'
import { compiledRun } from './run-cache.ts'
import { type RunControlParts, createRunControl } from './run-control.ts'
import { type At, unobserved } from './points.ts'
import { begin } from './transitions.ts'

/** Runs that are started without a seed share this one, so that equal input gives an equal document. */
const DEFAULT_SEED = 1

export interface RunServiceParts extends LocateParts, PrepareParts, RunControlParts {
  runs: RunStore
  now(): number
  at?: At
}

export function createRunService(parts: RunServiceParts): RunService {
  const at = parts.at ?? unobserved
  const prepare = createPrepare(parts)

  /** Does the work at most once for a key and the wish that comes with it. */
  async function once(
    organisationId: string,
    { idempotencyKey }: StartOptions,
    wish: unknown,
    work: (request: StartRequest | null) => Promise<Started>,
  ): Promise<Started> {
    if (idempotencyKey === undefined) return work(null)
    const hash = createHash('sha256').update(canonicalJson(wish)).digest('hex')
    const request = { key: idempotencyKey, hash }
    const runId = await parts.runs.startedBefore(organisationId, request)
    return runId === null ? work(request) : { runId, repeated: true }
  }

  async function launch(
    prepared: Prepared,
    fixed: Pick<RunSnapshot, 'organisationId' | 'flow' | 'seed'> &
      Partial<Pick<RunSnapshot, 'id' | 'replay' | 'parent'>>,
    freeze: () => Promise<Pick<RunOrigin, 'flowId' | 'flowVersionId'>>,
    { startedBy = null, request }: { startedBy?: string | null; request: StartRequest | null },
  ): Promise<Started> {
    refuse(prepared.findings)
    const { plan, input, given, edits, trial, catalog, manifests } = prepared
    if (!plan || !input) throw new Error('a flow without findings has no plan')
    const id = fixed.id ?? newRunId(parts.now())
    const rename = renaming(given, id)
    const snapshot: RunSnapshot = {
      replay: null,
      parent: null,
      ...fixed,
      id,
      manifests,
      catalog,
      input,
      plan,
      trial: trial?.facts ?? null,
      edits: edits.map((edit) => ({ ...edit, value: rename(edit.value) })),
    }
    const first = begin(compiledRun(snapshot), asOwn(given, rename))
    const origin = { ...(await freeze()), startedBy, request }
    const runId = await parts.runs.createRun(snapshot, first, origin)
    if (runId !== id) return { runId, repeated: true }
    at('run.created')
    parts.cache.put(snapshot)
    const { organisationId } = snapshot
    const ready = first.newSteps.filter((step) => step.status === 'ready')
    parts.hint(ready.map((step) => ({ organisationId, runId, stepId: step.id, attempt: step.attempt })))
    return { runId, repeated: false }
  }

  /** A new run of what the earlier one worked through, or of its flow's draft. */
  async function again(
    organisationId: string,
    earlier: EarlierRun,
    { nodeId, input = {}, useDraft = false }: Partial<RerunWish>,
    options: { startedBy?: string; request: StartRequest | null },
  ): Promise<Started> {
    refuseUnended(earlier)
    const { snapshot, flowId, flowVersionId } = earlier
    const detail = flowId === null ? null : await parts.flows.get(organisationId, flowId)
    if (flowId !== null && !detail) throw notFound('flow', flowId)
    if (useDraft && !detail) throw notFound('flow', snapshot.flow.name)
    const flow = useDraft && detail ? detail.draft : snapshot.flow
    if (nodeId && !flow.nodes.some(({ id }) => id === nodeId)) throw noSuchNode(flow, nodeId)
    const replay = { earlier, node: nodeId ?? null, input }
    const wish = { trial: trialOf(earlier), replay, flowId }
    const prepared = await prepare(organisationId, flow, snapshot.input, wish)
    if (prepared.plan?.steps.length === 0) throw nothingToRetry(snapshot.id)
    const facts = {
      kind: nodeId === undefined ? ('retry' as const) : ('rerun' as const),
      of: snapshot.id,
      node: nodeId ?? null,
      edited: Object.keys(input).length,
      draft: useDraft,
      given: prepared.given.length,
    }
    const fixed = { organisationId, flow, seed: snapshot.seed, replay: facts }
    const origin = { flowId, flowVersionId: useDraft ? null : flowVersionId }
    return launch(prepared, fixed, async () => origin, options)
  }

  return {
    ...createRunControl(parts),
    callables: createCallables(parts),

    async plan(organisationId, target, input, trial) {
      const { flow, flowId } = await locate(parts, organisationId, target)
      const prepared = await prepare(organisationId, flow, input, { trial, flowId })
      return { plan: prepared.plan, findings: prepared.findings }
    },

    start(organisationId, target, input, { seed, trial, runId, parent, ...options } = {}) {
      const { priority, budget } = options
      const wish = {
        start: target,
        input,
        seed: seed ?? null,
        trial: trial ?? null,
        ...(priority && { priority }),
      }
      return once(organisationId, options, wish, async (request) => {
        const { flow: located, flowId, freeze } = await locate(parts, organisationId, target)
        const flow = { ...located, limits: limitsOf(located, { priority, budget }) }
        const prepared = await prepare(organisationId, flow, input, { trial, flowId })
        const fixed = {
          organisationId,
          flow,
          seed: seed ?? DEFAULT_SEED,
          ...(runId ? { id: runId } : {}),
          ...(parent ? { parent } : {}),
        }
        return launch(prepared, fixed, freeze, { ...options, request })
      })
    },

    retry(organisationId, runId, options = {}) {
      return once(organisationId, options, { retry: runId }, async (request) => {
        const earlier = await parts.runs.earlier(organisationId, runId)
        return again(organisationId, earlier, {}, { ...options, request })
      })
    },

    rerunFrom(organisationId, wish, options = {}) {
      return once(organisationId, options, { rerun: wish }, async (request) => {
        const earlier = await parts.runs.earlier(organisationId, wish.runId)
        return again(organisationId, earlier, wish, { ...options, request })
      })
    },

    async inputs(organisationId, { runId, nodeId, limit }) {
      const snapshot = await parts.runs.snapshot(organisationId, runId)
      const items = await arrivedAt(parts.runs, snapshot, nodeId)
      return { total: items.length, items: items.slice(0, limit) }
    },
  }
}

function limitsOf(
  { limits }: Flow,
  { priority, budget }: { priority?: Priority | undefined; budget?: Budget | undefined },
): Flow['limits'] {
  const both = tighter(limits.budget, budget)
  return { ...limits, ...(priority && { priority }), ...(both && { budget: both }) }
}

function nothingToRetry(runId: string): PressroomError {
  return new PressroomError({
    code: 'conflict.nothing_to_retry',
    message: 'Every step of this run succeeded: there is nothing to try again.',
    fix: 'Run it again from a step, or start a new run.',
    facts: { runId },
  })
}
