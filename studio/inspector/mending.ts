import { connect, removeItems, setConfig, setGroup, setNode } from '#graph'
import type { DraftSession } from '../canvas/use-draft.ts'
import type { Repair } from './repairs.ts'

/** Does what a repair says, as one step of undo. `nodeId`: whose field it is about. */
export function mend({ doc, origin, flow, step }: DraftSession, nodeId: string | null, repair: Repair): void {
  step(() => {
    switch (repair.kind) {
      case 'set':
      case 'unset': {
        const value = repair.kind === 'set' ? repair.value : undefined
        if (nodeId !== null) setConfig(doc, nodeId, repair.field, value, origin)
        return
      }
      case 'disconnect':
        return removeItems(doc, { edges: [repair.edge] }, origin)
      case 'remove':
        return removeItems(doc, { nodes: [repair.node] }, origin)
      case 'connect':
        connect(doc, repair.source, repair.target, origin)
        return
      case 'switch-on':
        return doc.transact(
          () => flow.value.nodes.forEach(({ id }) => setNode(doc, id, { disabled: false }, origin)),
          origin,
        )
      case 'leave-group': {
        const group = flow.value.groups.find(({ id }) => id === repair.group)
        const nodes = group?.nodes.filter((id) => id !== repair.node)
        if (nodes) setGroup(doc, repair.group, { nodes }, origin)
      }
    }
  })
}
