import type { PortType, RunStatus, StepStatus } from '#graph'
import type {
  CallRecord,
  Json,
  OutputRecord,
  RunProgress,
  RunSnapshot,
  StepAttempt,
  StepRecord,
  StepRef,
} from '#run/interfaces.ts'

/** Rows as `pg` gives them, and the records that the executor knows. */

export interface RunLockRow {
  id: string
  status: RunStatus
  cancel_requested: boolean
  /** Runs that were started by earlier versions know nothing of what came later. */
  progress: Omit<RunProgress, 'waiting' | 'stop'> & Partial<Pick<RunProgress, 'waiting' | 'stop'>>
  last_seq: number
  at: Date
}

type Frozen = Pick<RunSnapshot, 'flow' | 'manifests' | 'catalog' | 'plan'>

export type SnapshotRow = Pick<RunSnapshot, 'input' | 'seed'> & {
  snapshot: Frozen & Partial<Pick<RunSnapshot, 'trial' | 'replay' | 'edits' | 'parent'>>
}

/** Runs of earlier versions know nothing of trials, nor of runs that are made or started by others. */
export const snapshotOf = (
  organisationId: string,
  id: string,
  { input, seed, snapshot }: SnapshotRow,
): RunSnapshot => ({
  id,
  organisationId,
  input,
  seed,
  trial: null,
  replay: null,
  edits: [],
  parent: null,
  ...snapshot,
})

export interface RefRow {
  organisation_id: string
  run_id: string
  step_id: string
  attempt: number
}

export function refOf(row: RefRow): StepRef {
  return { organisationId: row.organisation_id, runId: row.run_id, stepId: row.step_id, attempt: row.attempt }
}

export const STEP_COLUMNS = `id, organisation_id, run_id, node_id, path, ordinal, label, status, attempt, input_id,
  input_port, entry, holds, needs_local, needs_external, lease_owner, started_at, attempts, resumed_from`

export interface StepRow {
  id: string
  organisation_id: string
  run_id: string
  node_id: string
  path: string
  ordinal: number[]
  label: string
  status: StepStatus
  attempt: number
  input_id: string | null
  input_port: string | null
  entry: number | null
  holds: string[]
  needs_local: boolean
  needs_external: boolean
  lease_owner: string | null
  started_at: Date | null
  attempts: StepAttempt[]
  resumed_from: number | null
}

export function stepOf(row: StepRow): StepRecord {
  return {
    id: row.id,
    runId: row.run_id,
    organisationId: row.organisation_id,
    nodeId: row.node_id,
    path: row.path,
    ordinal: row.ordinal,
    label: row.label,
    status: row.status,
    attempt: row.attempt,
    inputId: row.input_id,
    inputPort: row.input_port,
    entry: row.entry,
    holds: row.holds,
    needsLocal: row.needs_local,
    needsExternal: row.needs_external,
    leaseOwner: row.lease_owner,
    startedAt: row.started_at?.toISOString() ?? null,
    attempts: row.attempts,
    resumedFrom: row.resumed_from,
  }
}

export const OUTPUT_COLUMNS =
  'o.id, o.step_id, o.node_id, o.port, o.port_type, o.path, o.ordinal, o.label, o.value'

/** The run's stable order: the same input and seed give the same order, whatever the ids. */
export const OUTPUT_ORDER =
  'o.ordinal, o.node_id COLLATE "C", o.path COLLATE "C", length(o.id), o.id COLLATE "C"'

export interface OutputRow {
  id: string
  step_id: string
  node_id: string
  port: string
  port_type: PortType
  path: string
  ordinal: number[]
  label: string
  value: Json
}

export function outputOf(row: OutputRow): OutputRecord {
  return {
    id: row.id,
    stepId: row.step_id,
    nodeId: row.node_id,
    port: row.port,
    portType: row.port_type,
    path: row.path,
    ordinal: row.ordinal,
    label: row.label,
    value: row.value,
  }
}

export interface CallRow {
  id: string
  step_id: string
  key: string
  purpose: string
  model: string
  provider: string
  request: Json
  text: string
  data: Json
  input_tokens: number
  output_tokens: number
  cost_micros: number
  duration_ms: number
}

export function callOf(row: CallRow): CallRecord {
  return {
    id: row.id,
    stepId: row.step_id,
    key: row.key,
    purpose: row.purpose,
    model: row.model,
    provider: row.provider,
    request: row.request,
    text: row.text,
    data: row.data,
    usage: {
      calls: 1,
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      costMicros: row.cost_micros,
    },
    durationMs: row.duration_ms,
  }
}

export function outputRow(runId: string, output: OutputRecord): Record<string, unknown> {
  return {
    id: output.id,
    run_id: runId,
    step_id: output.stepId,
    node_id: output.nodeId,
    port: output.port,
    port_type: output.portType,
    path: output.path,
    ordinal: output.ordinal,
    label: output.label,
    value: output.value,
  }
}

export function callRow(runId: string, call: CallRecord): Record<string, unknown> {
  const { id, key, purpose, model, provider, request, text, data, usage } = call
  return {
    id,
    key,
    purpose,
    model,
    provider,
    request,
    text,
    data,
    run_id: runId,
    step_id: call.stepId,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cost_micros: usage.costMicros,
    duration_ms: Math.round(call.durationMs),
  }
}

/** Element by element; the shorter of two that begin alike comes first, as Postgres compares arrays. */
export function compareOrdinals(a: number[], b: number[]): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
