/**
 * Job: has earlier steps work again on what people sent back, before the step that waited for them goes on.
 * Boundary: it runs inside that step. No finished step runs again (R4): the model calls are journalled with the step that
 * waits, so a worker that is lost repeats none.
 *
 * W1 The way back leads through `each` steps that put out one item, wait for nothing and do nothing outside. It ends at
 *    the first other one: what gathers drafts, or has published, is beyond the choice of one reviewer.
 * W2 Who takes the notes works on what came back; every step after it that changed the item works on the result, in
 *    order. A step that handed on just what it got decides nothing anew.
 */
import {
  type ApprovalOutcome,
  type Failure,
  type SendBack,
  canonicalJson,
  needsApproval,
  outcomeSchema,
  stepLabel,
} from '#graph'
import { refuseUnapproved } from './approved.ts'
import type { CompiledRun } from './change.ts'
import type {
  HostPort,
  OutputRecord,
  RunStore,
  Sandbox,
  SandboxResult,
  SandboxStep,
  StepRecord,
} from './interfaces.ts'
import { stepInput } from './step-input.ts'

interface ReworkParts {
  store: Pick<RunStore, 'output' | 'gather' | 'resumed' | 'way' | 'approved'>
  sandbox: Pick<Sandbox, 'run'>
}

/** Runs a step as its sandbox does, unless it needs an approval that is not there; what was sent back to an earlier step is worked on first. */
export async function runStep(
  { store, sandbox }: ReworkParts,
  compiled: CompiledRun,
  step: StepRecord,
  input: SandboxStep,
  host: HostPort,
  signal: AbortSignal,
): Promise<SandboxResult> {
  await refuseUnapproved(store, compiled, step, input)
  const { resumed } = input
  const outcome = resumed?.kind === 'approval' ? outcomeSchema.safeParse(resumed.value).data : undefined
  const sentBack = outcome?.verdict === 'sent_back' ? outcome : null
  const way = async () => wayBack(compiled, await store.way(step.organisationId, step.inputId ?? ''))
  let given = input
  if (resumed && sentBack) {
    const again = upTo(await way(), sentBack.to)
    const worked = await rework({ store, sandbox }, compiled, again, sentBack, host, signal)
    if ('ok' in worked) return worked
    given = { ...input, resumed: { ...resumed, value: { ...sentBack, content: worked.content } } }
  }
  const result = await sandbox.run(given, host, signal)
  const asks = result.ok && result.wait?.kind === 'approval' ? result.wait : null
  if (!asks?.sendBackTo) return result
  const sendBackTo = withEarlier(asks.sendBackTo, recipients(compiled, await way()))
  return { ok: true, outputs: [], wait: { ...asks, sendBackTo } }
}

/** The steps that an item came through and that can work on it again, the last first (W1, W2). */
function wayBack(
  { flow }: CompiledRun,
  steps: { step: StepRecord; outputs: OutputRecord[] }[],
): StepRecord[] {
  const back: StepRecord[] = []
  for (const [index, { step, outputs }] of steps.entries()) {
    const { node, manifest } = flow.nodes.get(step.nodeId) ?? {}
    const [item] = outputs
    if (!node || manifest?.mode !== 'each' || needsApproval(node, manifest)) break
    if (step.inputId === null || !item || outputs.length > 1) break
    if ((manifest.effect ?? 'none') !== 'none' || (manifest.waits ?? []).length > 0) break
    const before = steps[index + 1]?.outputs.find(({ id }) => id === step.inputId)
    if (canonicalJson(before?.value) !== canonicalJson(item.value)) back.push(step)
  }
  return back
}

/** In the order in which they work; none where the node itself sees to it. */
const upTo = (back: readonly StepRecord[], to: string | null): StepRecord[] =>
  back.slice(0, back.findIndex(({ id }) => id === to) + 1).toReversed()

function recipients({ flow, snapshot }: CompiledRun, back: readonly StepRecord[]): SendBack[] {
  const names = back.map(({ nodeId, path, label }) => {
    const compiled = flow.nodes.get(nodeId)
    return compiled ? stepLabel(compiled, path, snapshot.catalog) : label
  })
  return back.flatMap(({ id, nodeId }, index) =>
    flow.nodes.get(nodeId)?.manifest.takesNotes === true
      ? [{ id, name: (names[index] ?? '').slice(0, 200), again: names.slice(0, index).toReversed() }]
      : [],
  )
}

/** What the node offers itself is left out where an earlier step does just that. */
function withEarlier(own: readonly SendBack[], earlier: readonly SendBack[]): SendBack[] {
  const same = ({ name, again }: SendBack) =>
    earlier.some((one) => one.name === name && one.again.length === again.length)
  return [...own.filter((one) => !same(one)), ...earlier]
}

async function rework(
  { store, sandbox }: ReworkParts,
  compiled: CompiledRun,
  again: readonly StepRecord[],
  { content: sentBack, notes }: ApprovalOutcome,
  host: HostPort,
  signal: AbortSignal,
): Promise<{ content: ApprovalOutcome['content'] } | (SandboxResult & { ok: false })> {
  let content = sentBack
  for (const [index, step] of again.entries()) {
    const given = await stepInput(store, compiled, step, undefined)
    const port = step.inputPort ?? ''
    const work = index === 0 ? { rework: { content, notes } } : { inputs: { [port]: content } }
    const result = await sandbox.run({ ...given, ...work }, host, signal)
    if (!result.ok) return result
    const [item] = result.outputs
    if (result.wait || !item || result.outputs.length > 1) return { ok: false, failure: notOne(step) }
    content = item.value
  }
  return { content }
}

const notOne = ({ nodeId, label }: StepRecord): Failure => ({
  code: 'approval.not_one',
  message: `${label} put out something else than one item when it worked again on what was sent back.`,
  fix: 'Retry the run and send it back to another step, or decide on it as it is.',
  retryable: false,
  facts: { node: nodeId },
})
