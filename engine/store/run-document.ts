/** A run's document from its rows. Pure: rows come in the run's stable order and keep it. */
import type {
  Catalog,
  Deliverable,
  DocumentDraft,
  Draft,
  Evaluation,
  Failure,
  Flow,
  Plan,
  Ranking,
  ReplayFacts,
  RunDocument,
  RunEvent,
  RunInput,
  RunRecord,
  RunStatus,
  StepStatus,
  TrialFacts,
} from '#graph'
import { deliverableSchema, flowToRun } from '#graph'
import type { RunProgress, StepAttempt } from '#run/interfaces.ts'
import type { OutputRow } from './run-rows.ts'

export interface RunRow {
  id: string
  flow_id: string | null
  flow_name: string
  status: RunStatus
  seed: number
  input: RunInput
  snapshot: {
    flow: Flow
    catalog: Catalog
    plan: Plan
    trial?: TrialFacts | null
    replay?: ReplayFacts | null
  }
  progress: RunProgress
  failure: Failure | null
  created_at: Date
  finished_at: Date | null
  retry_of: string | null
  rerun_of: string | null
  parent_run_id: string | null
}

export interface DocumentRows {
  run: RunRow
  /** Runs that were made of it, oldest first. */
  madeOfIt: RunDocument['madeOfIt']
  /** The output that first brought each draft, in stable order. */
  drafts: OutputRow[]
  /** Evaluations, rankings, deliverables and what the flow's last nodes put out, in stable order. */
  outputs: OutputRow[]
  /** Ids of the model configurations that answered calls. */
  calledModels: string[]
}

export interface StepDetailRow {
  id: string
  node_id: string
  path: string
  label: string
  status: StepStatus
  attempt: number
  attempts: StepAttempt[]
  started_at: Date | null
  finished_at: Date | null
  failure: Failure | null
}

export function documentOf({ run, madeOfIt, drafts, outputs, calledModels }: DocumentRows): RunDocument {
  const { catalog, plan, trial = null, replay = null } = run.snapshot
  const models = new Map(catalog.models.map((model) => [model.id, model]))
  const values = drafts.map((row) => row.value as unknown as Draft)
  const parents = new Set(values.map((draft) => draft.parent))
  const tookPart = new Set([...calledModels, ...values.map((draft) => draft.model)])
  const last = new Set(lastNodes(flowToRun(run.snapshot)))
  const ranking = valuesOf<Ranking>(outputs, 'ranking').at(-1)
  // A deliverable that went on where anything may come out, such as an approval.
  const passedOn = new Map(
    outputs.flatMap((output) => {
      if (output.port_type !== 'any' || !last.has(output.node_id)) return []
      const { success, data } = deliverableSchema.safeParse(output.value)
      return success ? [[output, data] as const] : []
    }),
  )
  return {
    runId: run.id,
    flow: { id: run.flow_id, name: run.flow_name },
    status: run.status,
    seed: run.seed,
    input: run.input,
    createdAt: run.created_at.toISOString(),
    finishedAt: run.finished_at?.toISOString() ?? null,
    failure: run.failure,
    failedSteps: Object.values(run.progress.nodes).reduce((sum, { failed }) => sum + failed, 0),
    plan,
    trial,
    replay,
    retryOf: run.retry_of,
    rerunOf: run.rerun_of,
    childOf: run.parent_run_id,
    madeOfIt,
    drafts: values
      .filter((draft) => !parents.has(draft.id))
      .map((draft) => draftOf(draft, models.get(draft.model)?.label)),
    evaluations: [
      ...valuesOf<Evaluation>(outputs, 'evaluation'),
      ...valuesOf<Ranking>(outputs, 'ranking').flatMap(({ ballots }) => ballots),
    ].map(evaluationOf),
    ranking: (ranking?.entries ?? []).toSorted((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || 0),
    rankingMethod: ranking?.method ?? null,
    rankingNote: ranking?.note ?? null,
    deliverable: [...valuesOf<Deliverable>(outputs, 'deliverable'), ...passedOn.values()].at(-1) ?? null,
    outputs: outputs
      .filter(
        (output) => last.has(output.node_id) && output.port_type !== 'deliverable' && !passedOn.has(output),
      )
      .map(({ node_id, port, port_type, label, value }) => ({
        nodeId: node_id,
        port,
        type: port_type,
        label,
        value,
      })),
    usage: run.progress.usage,
    models: catalog.models
      .filter((model) => tookPart.has(model.id))
      .map(({ id, label, provider, local }) => ({ id, label, provider, local })),
  }
}

export function recordOf(document: RunDocument, steps: StepDetailRow[], events: RunEvent[]): RunRecord {
  return {
    ...document,
    steps: steps.map((step) => ({
      id: step.id,
      nodeId: step.node_id,
      path: step.path,
      label: step.label,
      status: step.status,
      attempt: step.attempt,
      attempts: step.attempts.map(({ attempt, status, startedAt, finishedAt, failure }) => ({
        attempt,
        status,
        startedAt,
        finishedAt,
        failure,
      })),
      startedAt: step.started_at?.toISOString() ?? null,
      finishedAt: step.finished_at?.toISOString() ?? null,
      failure: step.failure,
    })),
    events,
  }
}

/** Nodes that nothing follows; a disabled node follows nothing. */
export function lastNodes(flow: Flow): string[] {
  const disabled = new Set(flow.nodes.filter((node) => node.disabled).map((node) => node.id))
  const followed = new Set(
    flow.edges.filter((edge) => !disabled.has(edge.target.node)).map((edge) => edge.source.node),
  )
  return flow.nodes.map((node) => node.id).filter((id) => !followed.has(id))
}

/** Values were checked against their port's schema before they were written. */
function valuesOf<T>(outputs: OutputRow[], portType: OutputRow['port_type']): T[] {
  return outputs
    .filter((output) => output.port_type === portType)
    .map((output) => output.value as unknown as T)
}

function draftOf(draft: Draft, modelLabel = draft.model): DocumentDraft {
  const { id, parent, writer, editor, model, status, text, revisions, reviews } = draft
  return {
    id,
    parent,
    writer: writer.slug,
    editor: editor?.slug ?? null,
    writerName: writer.name,
    editorName: editor?.name ?? null,
    model,
    modelLabel,
    status,
    text,
    revisions,
    reviews,
  }
}

function evaluationOf(evaluation: Evaluation): RunDocument['evaluations'][number] {
  const { draftId, evaluator, stage, criteria, score, rank, reason } = evaluation
  return {
    draftId,
    evaluator: evaluator.slug,
    evaluatorName: evaluator.name,
    model: evaluator.model,
    stage,
    criteria,
    score,
    rank,
    reason,
  }
}
