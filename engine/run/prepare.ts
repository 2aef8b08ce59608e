/** Everything about a run that is decided before it is written: its plan, what is given, and what stands against it. */
import {
  type Catalog,
  type Finding,
  type Flow,
  type NodeManifest,
  type Plan,
  type PlannedItem,
  PressroomError,
  type RunInput,
  type Trial,
  andFollowing,
  checkInput,
  compile,
  errorAt,
  flowToRun,
  hasErrors,
  manifestKey,
  plan,
  referenced,
  stepKey,
  validateFlow,
} from '#graph'
import type { GivenStep } from './given.ts'
import { calledBy, childPlans, createCallables } from './children/child-plans.ts'
import type { CatalogStore, EarlierRun, FlowsToRun, ItemEdit, Json, RunStore } from './interfaces.ts'
import { candidates, editsOf, plannedSteps, withEarlier } from './replay.ts'
import { plannedItems, prepareTrial } from './trial.ts'

export interface PrepareParts {
  catalogs: CatalogStore
  flowsToRun: FlowsToRun
  runs: Pick<RunStore, 'snapshot' | 'gather'>
  manifests: NodeManifest[]
  /** Decides which model serves where the catalogue leaves it open. */
  resolveCatalog(catalog: Catalog): Promise<Catalog>
}

/** Beside the flow and its input. */
export interface RunWish {
  /** Of the flow; null where it has no place yet. */
  flowId?: string | null
  trial?: Trial
  /** The earlier run that is taken over from, and the node that it is not taken over at. */
  replay?: { earlier: EarlierRun; node: string | null; input: Record<string, Json> }
}

export interface Prepared {
  catalog: Catalog
  manifests: Record<string, NodeManifest>
  input: RunInput | null
  plan: Plan | null
  trial: Awaited<ReturnType<typeof prepareTrial>> | null
  given: GivenStep[]
  edits: ItemEdit[]
  findings: Finding[]
}

type Prepare = (organisationId: string, flow: Flow, input: unknown, wish?: RunWish) => Promise<Prepared>

export function createPrepare(parts: PrepareParts): Prepare {
  // Examples are for tests and documentation; a run has no use for them.
  const installed = Object.fromEntries(
    parts.manifests.map((manifest) => [manifestKey(manifest), { ...manifest, examples: [] }]),
  )

  const callables = createCallables(parts)

  return async (organisationId, flow, input, { trial: wanted, replay, flowId = null } = {}) => {
    const resolved = await parts.resolveCatalog(await parts.catalogs.catalog(organisationId))
    // Most flows run no others, and a start is not to pay for those that do.
    const calls = calledBy(flow, installed).length > 0
    const known = calls && { callables: await callables(organisationId, flowId ?? '') }
    const whole = { ...resolved, ...known }
    const of = { organisationId, flow, catalog: resolved }
    const children = calls ? await childPlans(of, installed, parts.flowsToRun) : undefined
    const used = new Set(flow.nodes.map(manifestKey))
    // What is taken over needs no node that runs, only to be known.
    const familiar = { ...replay?.earlier.snapshot.manifests, ...installed }
    const manifests = Object.fromEntries(Object.entries(familiar).filter(([key]) => used.has(key)))
    const catalog = referenced(whole, flow, manifests)
    const trial = wanted
      ? await prepareTrial(parts.runs, organisationId, { flow, manifests, catalog }, wanted)
      : null
    const toRun = compile(flowToRun({ flow, trial: trial?.facts }), manifests)
    const idle = new Set(trial?.facts.given.map(({ node }) => node))
    const again = replay?.node ? andFollowing(flow, replay.node) : new Set<string>()
    const there = replay ? candidates(replay.earlier, compiled(replay.earlier), toRun, { again, idle }) : []
    const items = trial ? plannedItems(trial) : new Map<string, PlannedItem[]>()
    const makePlan = () => plan(toRun, catalog, { items, steps: plannedSteps(there) }, children)

    // A flow that has run before was valid then: what runs of it now is what has to be valid still.
    const frozen = replay?.earlier.snapshot.flow === flow ? makePlan() : null
    const runs = frozen && 'steps' in frozen ? nodesOf(frozen) : trial?.part.runs
    const own = runs ? { ...flow, nodes: flow.nodes.filter(({ id }) => runs.has(id)) } : flow
    const checked = checkInput(own, input)
    const findings = [
      ...validateFlow(flow, installed, whole).filter(({ nodeId }) => !nodeId || !runs || runs.has(nodeId)),
      ...(trial?.findings ?? []),
      ...checked.findings,
    ]
    const prepared = {
      catalog,
      manifests,
      input: checked.input,
      plan: null,
      trial,
      given: [],
      edits: [],
      findings,
    }
    if (hasErrors(findings)) return prepared
    const planned = frozen ?? makePlan()
    if ('tooLarge' in planned) return { ...prepared, findings: [...findings, tooLarge] }

    const left = new Set(planned.steps.map(({ nodeId, path }) => stepKey(nodeId, path)))
    const taken = there.filter(({ nodeId, path }) => !left.has(stepKey(nodeId, path)))
    const steps = [...(trial?.steps ?? []), ...taken]
    if (!replay) return { ...prepared, plan: planned, given: steps }
    const { node, earlier } = replay
    if (node && !nodesOf(planned).has(node))
      return { ...prepared, findings: [...findings, nothingArrives(node)] }
    const changed = editsOf(node === null ? undefined : toRun.nodes.get(node), toRun, replay.input, steps)
    const edits = withEarlier(changed.edits, earlier.snapshot.edits)
    return { ...prepared, plan: planned, given: steps, edits, findings: [...findings, ...changed.findings] }
  }
}

const nodesOf = ({ steps }: Plan): ReadonlySet<string> => new Set(steps.map(({ nodeId }) => nodeId))

const compiled = ({ snapshot }: EarlierRun) => compile(flowToRun(snapshot), snapshot.manifests)

/** The trial that the earlier run was, with what it was given. */
export function trialOf({ snapshot: { id, trial } }: EarlierRun): Trial | undefined {
  if (!trial) return undefined
  const given = trial.given.map(({ node, port, items }) =>
    items === 0 ? { node, port, items: [] } : { node, port, fromRun: id },
  )
  return { scope: trial.scope, given }
}

const tooLarge: Finding = {
  code: 'flow.too_large',
  severity: 'error',
  nodeId: null,
  path: 'nodes',
  message: 'the flow would take more steps than one run may have',
  fix: 'Use fewer agents in a row, or split the flow in two.',
}

const nothingArrives = (node: string): Finding =>
  errorAt(
    node,
    'nodeId',
    'rerun.nothing_arrives',
    'nothing arrives at this node in that run',
    'Choose a step that had something to work on.',
  )

export function refuse(findings: Finding[]): void {
  if (!hasErrors(findings)) return
  const faults = findings.filter((finding) => finding.severity === 'error')
  const ofInput = faults.some(({ code }) => code === 'input.invalid' || /^(trial|rerun)\./.test(code))
  throw new PressroomError({
    code: ofInput ? 'input.invalid' : 'flow.invalid',
    message: faults.map((fault) => `${fault.path}: ${fault.message}`).join('; '),
    fix: faults[0]?.fix ?? 'Correct the faults and start again.',
    facts: { findings: faults },
  })
}
