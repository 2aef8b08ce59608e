import { type CompiledNode, PressroomError, agentChoiceOf, agentChoices, fieldHints, modelFor } from '#graph'
import { asArrived } from './arrived.ts'
import type { CompiledRun } from './change.ts'
import type {
  Json,
  OutputRecord,
  ResolvedAgentInput,
  RunSnapshot,
  RunStore,
  SandboxStep,
  StepRecord,
} from './interfaces.ts'

/** Puts together all that crosses into the isolate for one step. `item` spares a read when it is at hand. */
export async function stepInput(
  store: Pick<RunStore, 'output' | 'gather' | 'resumed'>,
  { snapshot, flow }: CompiledRun,
  step: StepRecord,
  item: OutputRecord | undefined,
): Promise<SandboxStep> {
  const compiled = flow.nodes.get(step.nodeId)
  if (!compiled) throw new Error(`run ${step.runId} has no node ${step.nodeId}`)
  const { node, manifest } = compiled
  const choice = compiled.entries && step.entry !== null ? compiled.entries[step.entry] : null
  return {
    organisationId: step.organisationId,
    runId: step.runId,
    node: `${node.type}@${node.version}`,
    step: { id: step.id, nodeId: step.nodeId, path: step.path },
    seed: snapshot.seed,
    runInput: snapshot.input as Json,
    config: node.config as Json,
    inputs: await arrived(store, snapshot, step, item),
    gathered: manifest.mode === 'all' ? await gathered(store, snapshot, step, compiled) : {},
    entry: choice?.agent
      ? resolved(
          snapshot,
          { agent: choice.agent, model: choice.model ?? undefined },
          `${manifest.per}.${choice.index}`,
        )
      : null,
    agents: agentFields(snapshot, compiled),
    contentType: contentType(snapshot, compiled),
    ...(step.resumedFrom === null
      ? {}
      : { resumed: await store.resumed(step.organisationId, step.id, step.resumedFrom) }),
  }
}

async function arrived(
  store: Pick<RunStore, 'output'>,
  { edits }: RunSnapshot,
  step: StepRecord,
  item: OutputRecord | undefined,
) {
  if (step.inputId === null || step.inputPort === null) return {}
  const output = item ?? (await store.output(step.organisationId, step.inputId))
  return { [step.inputPort]: asArrived(edits, step.nodeId, output).value }
}

async function gathered(
  store: Pick<RunStore, 'gather'>,
  { edits }: RunSnapshot,
  step: StepRecord,
  { manifest, incoming }: CompiledNode,
) {
  const ports = Object.keys(manifest.inputs).map(async (port) => {
    const sources = incoming
      .filter((edge) => edge.target.port === port)
      .map(({ source }) => ({ nodeId: source.node, port: source.port }))
    const outputs = sources.length === 0 ? [] : await store.gather(step.organisationId, step.runId, sources)
    return [port, outputs.map((output) => asArrived(edits, step.nodeId, output).value)] as const
  })
  return Object.fromEntries(await Promise.all(ports))
}

function agentFields(snapshot: CompiledRun['snapshot'], { node, manifest }: CompiledNode) {
  const fields: Record<string, ResolvedAgentInput[]> = {}
  for (const [field, hint] of fieldHints(manifest)) {
    if (hint.kind !== 'agent') continue
    const single = agentChoiceOf(node.config[field])
    const choices = single ? [single] : agentChoices(node, field)
    fields[field] = choices.map(({ agent, model }, index) =>
      resolved(snapshot, { agent, model }, single ? field : `${field}.${index}`),
    )
  }
  return fields
}

function resolved(
  { catalog }: CompiledRun['snapshot'],
  { agent: slug, model }: { agent: string; model?: string },
  path: string,
): ResolvedAgentInput {
  const agent = catalog.agents.find((candidate) => candidate.slug === slug)
  const configuration = modelFor(catalog, slug, model)
  if (agent && configuration) return { agent, model: configuration.id }
  const missing = agent ? `model configuration for "${slug}"` : `agent "${slug}"`
  throw new PressroomError({
    code: 'catalog.missing',
    message: `This run was started without a ${missing}.`,
    fix: 'Choose one that exists in the node and start the flow again.',
    facts: { agent: slug, model: model ?? null, path: agent ? `${path}.model` : `${path}.agent` },
  })
}

function contentType({ catalog }: CompiledRun['snapshot'], { node, manifest }: CompiledNode) {
  for (const [field, hint] of fieldHints(manifest)) {
    if (hint.kind !== 'content-type') continue
    const type = catalog.contentTypes.find((candidate) => candidate.slug === node.config[field])
    if (type) {
      const { form: _form, ...facts } = type
      return facts
    }
  }
  return null
}
