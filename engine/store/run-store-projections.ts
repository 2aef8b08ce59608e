import { PressroomError, deliverableSchema, draftSchema, evaluationSchema, rankingSchema } from '#graph'
import type { Evaluation } from '#graph'
import type { OutputRecord } from '#run/interfaces.ts'

/** Rows of the result tables that outputs of some port types come to. Pure. */
export interface ProjectedRows {
  drafts: Record<string, unknown>[]
  revisions: Record<string, unknown>[]
  evaluations: Record<string, unknown>[]
  deliverables: Record<string, unknown>[]
}

export const noProjections = (): ProjectedRows => ({
  drafts: [],
  revisions: [],
  evaluations: [],
  deliverables: [],
})

/** Throws `store.bad_output` for a value that is not what its port type says. */
export function project(runId: string, outputs: OutputRecord[]): ProjectedRows {
  const rows = noProjections()
  for (const output of outputs) {
    const projector = projectorOf(output)
    if (!projector) continue
    try {
      projector(runId, output, rows)
    } catch (error) {
      throw new PressroomError(
        {
          code: 'store.bad_output',
          message: `Output ${output.label || output.id} is not a ${output.portType}.`,
          fix: `Correct what node ${output.nodeId} puts out at ${output.port}.`,
          facts: { outputId: output.id, nodeId: output.nodeId, port: output.port, portType: output.portType },
        },
        error,
      )
    }
  }
  return rows
}

/** A step may make a draft of its own where anything may come out, as after an approval. */
function projectorOf({ portType, stepId, value }: OutputRecord) {
  const own = typeof value === 'object' && value !== null && !Array.isArray(value) && value['id'] === stepId
  if (portType === 'any' && own && draftSchema.safeParse(value).success) return draft
  return PROJECTORS[portType as keyof typeof PROJECTORS]
}

const PROJECTORS = { draft, evaluation, ranking, deliverable }

function draft(runId: string, output: OutputRecord, rows: ProjectedRows): void {
  const value = draftSchema.parse(output.value)
  rows.drafts.push({
    id: value.id,
    run_id: runId,
    output_id: output.id,
    parent_id: value.parent,
    writer: value.writer.slug,
    editor: value.editor?.slug ?? null,
    model: value.model,
    status: value.status,
    ordinal: output.ordinal,
  })
  for (const revision of value.revisions) {
    rows.revisions.push({
      run_id: runId,
      draft_id: value.id,
      number: revision.number,
      text: revision.text,
      author: revision.author,
      notes: revision.notes,
      input_tokens: revision.usage.inputTokens,
      output_tokens: revision.usage.outputTokens,
      cost_micros: revision.usage.costMicros,
    })
  }
}

function evaluation(runId: string, output: OutputRecord, rows: ProjectedRows): void {
  rows.evaluations.push(evaluationRow(runId, output.id, output.ordinal, evaluationSchema.parse(output.value)))
}

function ranking(runId: string, output: OutputRecord, rows: ProjectedRows): void {
  rankingSchema.parse(output.value).ballots.forEach((ballot, index) => {
    rows.evaluations.push(evaluationRow(runId, `${output.id}.${index}`, [...output.ordinal, index], ballot))
  })
}

function deliverable(runId: string, output: OutputRecord, rows: ProjectedRows): void {
  const value = deliverableSchema.parse(output.value)
  rows.deliverables.push({
    id: output.id,
    run_id: runId,
    title: value.title,
    content_type: value.contentType,
    winner: value.winner,
    note: value.note,
    versions: value.versions,
  })
}

function evaluationRow(
  runId: string,
  id: string,
  ordinal: number[],
  value: Evaluation,
): Record<string, unknown> {
  return {
    id,
    run_id: runId,
    draft_id: value.draftId,
    evaluator: value.evaluator.slug,
    stage: value.stage,
    criteria: value.criteria,
    score: value.score,
    rank: value.rank,
    reason: value.reason,
    model: value.evaluator.model,
    ordinal,
  }
}
