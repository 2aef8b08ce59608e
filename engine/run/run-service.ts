import {
  type Catalog,
  type Finding,
  type Flow,
  type NodeManifest,
  type Plan,
  PressroomError,
  type RunInput,
  checkInput,
  compile,
  hasErrors,
  plan,
  validateFlow,
} from '#graph'
import type { Committer } from './committer.ts'
import { newRunId } from './ids.ts'
import type { CatalogStore, FlowStore, Hint, RunService, RunSnapshot, RunStore, RunTarget } from './interfaces.ts'
import { type RunCache, compiledRun } from './run-cache.ts'
import { begin, cancel } from './transitions.ts'

/** Runs that are started without a seed share this one, so that equal input gives an equal document. */
const DEFAULT_SEED = 1
const EVERY_STEP = 1_000_000

export interface RunServiceParts {
  flows: FlowStore
  catalogs: CatalogStore
  runs: RunStore
  committer: Committer
  cache: RunCache
  manifests: NodeManifest[]
  templates: { id: string; flow: Flow }[]
  /** Decides which model serves where the catalogue leaves it open. */
  resolveCatalog(catalog: Catalog): Promise<Catalog>
  /** Tells workers that steps are ready. */
  hint(hints: Hint[]): void
  /** Tells workers of this process that a run was cancelled; others ask the database. */
  cancelled(runId: string): void
  now(): number
}

interface Prepared {
  flow: Flow
  versionId: string | null
  catalog: Catalog
  manifests: Record<string, NodeManifest>
  input: RunInput | null
  plan: Plan | null
  findings: Finding[]
}

export function createRunService(parts: RunServiceParts): RunService {
  const installed = Object.fromEntries(parts.manifests.map((manifest) => [`${manifest.type}@${manifest.version}`, manifest]))

  async function prepare(organisationId: string, flow: Flow, versionId: string | null, input: unknown): Promise<Prepared> {
    const catalog = await parts.resolveCatalog(await parts.catalogs.catalog(organisationId))
    const manifests = Object.fromEntries(
      Object.entries(installed).filter(([, { type }]) => flow.nodes.some((node) => node.type === type)),
    )
    const faults = validateFlow(flow, manifests, catalog)
    const checked = checkInput(flow, input)
    const prepared = { flow, versionId, catalog, manifests, input: checked.input }
    const findings = [...faults, ...checked.findings]
    if (hasErrors(findings)) return { ...prepared, plan: null, findings }
    const planned = plan(compile(flow, manifests), catalog)
    return 'tooLarge' in planned
      ? { ...prepared, plan: null, findings: [...findings, tooLarge] }
      : { ...prepared, plan: planned, findings }
  }

  return {
    async plan(organisationId, target, input) {
      const flow = await flowToPlan(parts, organisationId, target)
      const prepared = await prepare(organisationId, flow, null, input)
      return { plan: prepared.plan, findings: prepared.findings }
    },

    async start(organisationId, target, input, options = {}) {
      // Checked before a template is copied, so that a faulty brief leaves nothing behind.
      const draft = await flowToPlan(parts, organisationId, target)
      refuse((await prepare(organisationId, draft, null, input)).findings)
      const { flow, versionId } = await flowToRun(parts, organisationId, target)
      const prepared = await prepare(organisationId, flow, versionId, input)
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
      }
      const first = begin(compiledRun(snapshot))
      await parts.runs.createRun(snapshot, versionId, first, options.startedBy ?? null)
      parts.cache.put(snapshot)
      parts.hint(
        first.newSteps
          .filter((step) => step.status === 'ready')
          .map((step) => ({ organisationId, runId: snapshot.id, stepId: step.id, attempt: step.attempt })),
      )
      return { runId: snapshot.id }
    },

    async cancel(organisationId, runId, by) {
      const compiled = await parts.cache.get(organisationId, runId)
      await parts.committer.commit({
        organisationId,
        runId,
        stepIds: [],
        wantReady: EVERY_STEP,
        delayedToo: true,
        apply: (run) => cancel(run, compiled, by).writes,
      })
      parts.cancelled(runId)
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
  const ofInput = faults.some((finding) => finding.code === 'input.invalid')
  throw new PressroomError({
    code: ofInput ? 'input.invalid' : 'flow.invalid',
    message: faults.map((fault) => `${fault.path}: ${fault.message}`).join('; '),
    fix: faults[0]?.fix ?? 'Correct the faults and start again.',
    facts: { findings: faults },
  })
}

/** The document that a plan is made of, without creating anything. */
async function flowToPlan(parts: RunServiceParts, organisationId: string, target: RunTarget): Promise<Flow> {
  if ('flowId' in target) return (await existing(parts, organisationId, target.flowId)).draft
  const own = await parts.flows.get(organisationId, target.template)
  return own?.draft ?? template(parts, target.template).flow
}

/** The published version that a run runs; a template that nobody has used yet is copied and published first. */
async function flowToRun(parts: RunServiceParts, organisationId: string, target: RunTarget) {
  const detail =
    'flowId' in target
      ? await existing(parts, organisationId, target.flowId)
      : await parts.flows.fromTemplate(organisationId, template(parts, target.template))
  const published =
    detail.published ?? (await parts.flows.publish(organisationId, detail.id, 'First version', null))
  const version = await parts.flows.version(organisationId, published.id)
  if (!version) throw notFound('flow version', published.id)
  return { flow: version.flow, versionId: version.id }
}

async function existing(parts: RunServiceParts, organisationId: string, flowId: string) {
  const detail = await parts.flows.get(organisationId, flowId)
  if (!detail) throw notFound('flow', flowId)
  return detail
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
