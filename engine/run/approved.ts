/** Steps that run only with what people have approved, word for word. */
import { createHash } from 'node:crypto'
import { PressroomError, needsApproval, textsOf } from '#graph'
import type { CompiledRun } from './change.ts'
import type { Json, RunStore, SandboxStep, StepRecord } from './interfaces.ts'

/** What says something about content, and is none itself. */
const ABOUT = new Set(['brief', 'ranking', 'evaluation'])

const hashesOf = (content: Json) =>
  textsOf(content).map((text) => createHash('sha256').update(text).digest('base64'))

/**
 * Rejects unless every text that the step works on was approved in this run, or in one that it takes over from, just as
 * it is now: an edit after the decision voids it.
 */
export async function refuseUnapproved(
  store: Pick<RunStore, 'approved'>,
  { flow }: CompiledRun,
  { organisationId, runId, nodeId }: StepRecord,
  { inputs, gathered }: SandboxStep,
): Promise<void> {
  const compiled = flow.nodes.get(nodeId)
  if (!compiled || !needsApproval(compiled.node, compiled.manifest)) return
  const ports = Object.entries(compiled.manifest.inputs).filter(([, { type }]) => !ABOUT.has(type))
  const items = ports.flatMap(([port]) => [
    ...(port in inputs ? [inputs[port] ?? null] : []),
    ...(gathered[port] ?? []),
  ])
  const approved = await store.approved(organisationId, runId)
  const known = new Set(approved.flatMap(hashesOf))
  if (approved.length > 0 && items.flatMap(hashesOf).every((hash) => known.has(hash))) return
  throw approved.length === 0 ? missing(compiled.title) : changed(compiled.title)
}

const missing = (title: string) =>
  new PressroomError({
    code: 'approval.missing',
    message: `${title} works only on what people have approved, and nobody has approved anything in this run.`,
    fix: 'Put an Approval node before it, or switch “Needs approval” off in its settings.',
  })

const changed = (title: string) =>
  new PressroomError({
    code: 'approval.void',
    message: `${title} works only on what people have approved, and nobody has approved this text as it is now.`,
    fix: 'Let it pass an Approval node after the last change to it: run it again from there.',
  })
