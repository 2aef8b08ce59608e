import {
  type Catalog,
  type Finding,
  type Flow,
  type NodeManifest,
  type Plan,
  PressroomError,
  type RunInput,
  type Trial,
  checkInput,
  compile,
  flowToRun,
  hasErrors,
  manifestKey,
  plan,
  referenced,
  validateFlow,
} from '#graph'
import { newRunId } from './ids.ts'
import type { CatalogStore, FlowStore, RunService, RunSnapshot, RunStore, RunTarget } from './interfaces.ts'
import { compiledRun } from './run-cache.ts'
import { type RunControlParts, createRunControl } from './run-control.ts'
import { begin } from './transitions.ts'
import { type PreparedTrial, asOwn, plannedItems, prepareTrial } from './trial.ts'

/** Runs that are started without a seed share this one, so that equal input gives an equal document. */
const DEFAULT_SEED = 1

export interface RunServiceParts extends RunControlParts {
  flows: FlowStore
  catalogs: CatalogStore
  runs: RunStore
  manifests: NodeManifest[]
  templates: { id: string; flow: Flow }[]
  /** Decides which model serves where the catalogue leaves it open. */
  resolveCatalog(catalog: Catalog): Promise<Catalog>
  now(): number
}

interface Prepared {
  catalog: Catalog
  manifests: Record<string, NodeManifest>
  input: RunInput | null
  plan: Plan | null
  trial: PreparedTrial | null
  findings: Finding[]
}

/** A flow that can be run, and how to get the immutable version of it (a test has none). Locating creates nothing. */
interface Located {
  flow: Flow
  freeze(): Promise<{ versionId: string | null; flowId?: string }>
}

export function createRunService(parts: RunServiceParts): RunService {
  // Examples are for tests and documentation; a run has no use for them.
  const installed = Object.fromEntries(
    parts.manifests.map((manifest) => [manifestKey(manifest), { ...manifest, examples: [] }]),
  )

  async function prepare(
    organisationId: string,
    flow: Flow,
    input: unknown,
    wish: Trial | undefined,
  ): Promise<Prepared> {
    const whole = await parts.resolveCatalog(await parts.catalogs.catalog(organisationId))
    const used = new Set(flow.nodes.map(manifestKey))
    const manifests = Object.fromEntries(Object.entries(installed).filter(([key]) => used.has(key)))
    const catalog = referenced(whole, flow, manifests)
    const trial = wish
      ? await prepareTrial(parts.runs, organisationId, { flow, manifests, catalog }, wish)
      : null
    const runs = trial?.part.runs
    const concerns = ({ nodeId }: Finding) => nodeId === null || !runs || runs.has(nodeId)
    const own = runs ? { ...flow, nodes: flow.nodes.filter(({ id }) => runs.has(id)) } : flow
    const checked = checkInput(own, input)
    const findings = [
      ...validateFlow(flow, manifests, whole).filter(concerns),
      ...(trial?.findings ?? []),
      ...checked.findings,
    ]
    const prepared = { catalog, manifests, input: checked.input, plan: null, trial, findings }
    if (hasErrors(findings)) return prepared
    const toRun = compile(flowToRun({ flow, trial: trial?.facts }), manifests)
    const planned = plan(toRun, catalog, trial ? plannedItems(trial) : undefined)
    if ('tooLarge' in planned) return { ...prepared, findings: [...findings, tooLarge] }
    return { ...prepared, plan: planned }
  }

  return {
    ...createRunControl(parts),

    async plan(organisationId, target, input, trial) {
      const { flow } = await locate(parts, organisationId, target)
      const prepared = await prepare(organisationId, flow, input, trial)
      return { plan: prepared.plan, findings: prepared.findings }
    },

    async start(organisationId, target, input, options = {}) {
      const { flow, freeze } = await locate(parts, organisationId, target)
      const prepared = await prepare(organisationId, flow, input, options.trial)
      refuse(prepared.findings)
      if (!prepared.plan || !prepared.input) throw new Error('a flow without findings has no plan')
      const snapshot: RunSnapshot = {
        id: newRunId(parts.now()),
        organisationId,
        flow,
        manifests: prepared.manifests,
        catalog: prepared.catalog,
        input: prepared.input,
        seed: options.seed ?? DEFAULT_SEED,
        plan: prepared.plan,
        trial: prepared.trial?.facts ?? null,
      }
      const first = begin(compiledRun(snapshot), asOwn(prepared.trial?.outputs ?? [], snapshot.id))
      const { versionId, flowId = null } = await freeze()
      await parts.runs.createRun(snapshot, versionId, first, options.startedBy ?? null, flowId)
      parts.cache.put(snapshot)
      const ready = first.newSteps.filter((step) => step.status === 'ready')
      parts.hint(
        ready.map((step) => ({ organisationId, runId: snapshot.id, stepId: step.id, attempt: step.attempt })),
      )
      return { runId: snapshot.id }
    },
  }
}

const tooLarge: Finding = {
  code: 'flow.too_large',
  severity: 'error',
  nodeId: null,
  path: 'nodes',
  message: 'the flow would take more steps than one run may have',
  fix: 'Use fewer agents in a row, or split the flow in two.',
}

function refuse(findings: Finding[]): void {
  if (!hasErrors(findings)) return
  const faults = findings.filter((finding) => finding.severity === 'error')
  const ofInput = faults.some(({ code }) => code === 'input.invalid' || code.startsWith('trial.'))
  throw new PressroomError({
    code: ofInput ? 'input.invalid' : 'flow.invalid',
    message: faults.map((fault) => `${fault.path}: ${fault.message}`).join('; '),
    fix: faults[0]?.fix ?? 'Correct the faults and start again.',
    facts: { findings: faults },
  })
}

/**
 * The published version where there is one, else the draft; a template that nobody has used yet as it is shipped. A
 * test runs the draft as it is saved now, and publishes nothing.
 */
async function locate(parts: RunServiceParts, organisationId: string, target: RunTarget): Promise<Located> {
  const wanted = 'flowId' in target ? target.flowId : target.template
  const detail = await parts.flows.get(organisationId, wanted)
  if (detail && 'test' in target && target.test) {
    return { flow: detail.draft, freeze: async () => ({ versionId: null, flowId: detail.id }) }
  }
  if (detail?.published) {
    const version = await parts.flows.version(organisationId, detail.published.id)
    if (!version) throw notFound('flow version', detail.published.id)
    return { flow: version.flow, freeze: async () => ({ versionId: version.id }) }
  }
  const publish = async (flowId: string) => {
    const { id } = await parts.flows.publish(organisationId, flowId, 'First version', null)
    return { versionId: id }
  }
  if (detail) return { flow: detail.draft, freeze: () => publish(detail.id) }
  if ('flowId' in target) throw notFound('flow', target.flowId)
  const shipped = template(parts, target.template)
  return {
    flow: shipped.flow,
    freeze: async () => publish((await parts.flows.fromTemplate(organisationId, shipped)).id),
  }
}

function template(parts: RunServiceParts, id: string) {
  const found = parts.templates.find((candidate) => candidate.id === id)
  if (found) return found
  throw new PressroomError({
    code: 'not_found.template',
    message: `There is no template "${id}".`,
    fix: `Choose one of: ${parts.templates.map((candidate) => candidate.id).join(', ')}.`,
    facts: { template: id },
  })
}

function notFound(what: string, id: string): PressroomError {
  return new PressroomError({
    code: `not_found.${what.replace(' ', '_')}`,
    message: `There is no such ${what}.`,
    fix: 'Check the address, or open it from the list.',
    facts: { id },
  })
}
