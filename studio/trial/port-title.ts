import { type Flow, type NodeManifest, type PortRef, manifestKey, portsOf } from '#graph'

/** "Writers, Drafts"; "Brief" where the output is called like its node. */
export function portTitle(
  { node: id, port }: PortRef,
  { nodes }: Pick<Flow, 'nodes'>,
  manifests: readonly NodeManifest[],
): string {
  const node = nodes.find((one) => one.id === id)
  const installed = node && manifests.find((one) => manifestKey(one) === manifestKey(node))
  const manifest = installed && portsOf(node, installed)
  const name = node?.title || manifest?.title || id
  const output = manifest?.outputs[port]?.title ?? port
  return name === output ? name : `${name}, ${output}`
}
