import { type CompiledNode, type Flow, PressroomError, compile, flowToRun } from '#graph'
import type { ArrivedItem, ItemEdit, Json, OutputRecord, RunSnapshot, RunStore } from './interfaces.ts'

/** An item as a node gets it. */
export function asArrived(
  edits: readonly ItemEdit[],
  node: string,
  { path, value }: Pick<OutputRecord, 'path' | 'value'>,
): { value: Json; edited: boolean } {
  const edit = edits.find((candidate) => candidate.node === node && candidate.path === path)
  return { value: edit ? edit.value : value, edited: edit !== undefined }
}

export const sourcesOf = ({ incoming }: CompiledNode): { nodeId: string; port: string }[] =>
  incoming.map(({ source }) => ({ nodeId: source.node, port: source.port }))

/** The items that arrived at a node of a run, in the run's stable order. */
export async function arrivedAt(
  store: Pick<RunStore, 'gather'>,
  snapshot: RunSnapshot,
  nodeId: string,
): Promise<ArrivedItem[]> {
  const node = compile(flowToRun(snapshot), snapshot.manifests).nodes.get(nodeId)
  if (!node) throw noSuchNode(snapshot.flow, nodeId)
  const outputs = await store.gather(snapshot.organisationId, snapshot.id, sourcesOf(node))
  return outputs.flatMap((output) =>
    node.incoming
      .filter(({ source }) => source.node === output.nodeId && source.port === output.port)
      .map(({ target }) => ({
        path: output.path,
        port: target.port,
        type: output.portType,
        label: output.label,
        ...asArrived(snapshot.edits, nodeId, output),
      })),
  )
}

export function noSuchNode(flow: Flow, id: string): PressroomError {
  return new PressroomError({
    code: 'not_found.node',
    message: `The run worked through no node "${id}".`,
    fix: `Choose one of: ${flow.nodes.map((node) => node.id).join(', ')}.`,
    facts: { id },
  })
}
