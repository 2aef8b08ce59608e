import type { Connection, VueFlowStore } from '@vue-flow/core'
import { computed, provide } from 'vue'
import type { Editing } from './editing.ts'
import { LIT, handleKey } from './lit.ts'
import { useNotice } from './notice.ts'
import type { DraftSession } from './use-draft.ts'
import type { End, Wire } from './wiring.ts'

export type Side = 'source' | 'target'
export interface Loose {
  end: End
  side: Side
  /** On the screen. */
  at: { x: number; y: number }
}

const other = (side: Side): Side => (side === 'source' ? 'target' : 'source')

/** Drawing connections: legal ends light up, an illegal drop says why, one on empty canvas is handed to `loose`. */
export function useConnecting(
  draft: DraftSession,
  editing: Editing,
  store: VueFlowStore,
  loose: (loose: Loose) => void,
) {
  const { say } = useNotice()
  let connected = false

  const from = computed(() => {
    const handle = store.connectionStartHandle.value ?? store.connectionClickStartHandle.value
    return handle?.id ? { end: { node: handle.nodeId, port: handle.id }, side: handle.type } : null
  })
  const wireTo = (to: End): Wire | null => {
    if (!from.value) return null
    return from.value.side === 'source'
      ? { source: from.value.end, target: to }
      : { source: to, target: from.value.end }
  }
  const lit = computed(() => {
    if (!from.value) return null
    const side = other(from.value.side)
    const keys = new Set<string>()
    for (const node of draft.level.value.flow.nodes) {
      const manifest = editing.manifestOf(node)
      for (const port of Object.keys(manifest?.[side === 'target' ? 'inputs' : 'outputs'] ?? {})) {
        const wire = wireTo({ node: node.id, port })
        if (wire && editing.legal(wire).ok) keys.add(handleKey(node.id, side, port))
      }
    }
    return keys
  })
  provide(LIT, lit)

  store.onConnect(({ source, sourceHandle, target, targetHandle }: Connection) => {
    connected = true
    if (!sourceHandle || !targetHandle) return
    const refused = editing.wire({
      source: { node: source, port: sourceHandle },
      target: { node: target, port: targetHandle },
    })
    if (refused) say(refused)
  })

  store.onConnectEnd((event) => {
    const start = from.value
    const done = connected
    connected = false
    if (done || !start || !event) return
    const at = pointOf(event)
    const element = document.elementFromPoint(at.x, at.y)
    const handle = element?.closest<HTMLElement>('.vue-flow__handle')
    if (handle) return dropOnHandle(handle, start)
    const node = element?.closest<HTMLElement>('.vue-flow__node-step, .vue-flow__node-subflow')?.dataset['id']
    if (node) return dropOnNode(node, start.side)
    if (element?.closest('.vue-flow')) loose({ ...start, at })
  })

  function dropOnHandle(handle: HTMLElement, start: { end: End; side: Side }) {
    const { nodeid: node, handleid: port } = handle.dataset
    if (!node || !port || (node === start.end.node && port === start.end.port)) return
    const side: Side = handle.classList.contains('source') ? 'source' : 'target'
    if (side === start.side) return say(`Both of these are ${side === 'source' ? 'outputs' : 'inputs'}.`)
    const wire = wireTo({ node, port })
    const refused = wire && editing.wire(wire)
    if (refused) say(refused)
  }

  /** A drop anywhere on a node means its first port that fits. */
  function dropOnNode(id: string, side: Side) {
    const node = editing.nodeOf(id)
    const manifest = node && editing.manifestOf(node)
    const ports = Object.keys(manifest?.[side === 'source' ? 'inputs' : 'outputs'] ?? {})
    let reason = `${manifest?.title ?? 'This node'} has no ${side === 'source' ? 'input' : 'output'}.`
    for (const port of ports) {
      const wire = wireTo({ node: id, port })
      if (!wire) return
      const answer = editing.legal(wire)
      if (answer.ok) return void editing.wire(wire)
      reason = answer.reason
    }
    if (id !== from.value?.end.node) say(reason)
  }

  /** The second tap of a connection that was begun by a tap on a port; true where there was one. */
  function tapped(event: MouseEvent): boolean {
    const start = store.connectionClickStartHandle.value ? from.value : null
    if (!start) return false
    store.endConnection(event, true)
    loose({ ...start, at: pointOf(event) })
    return true
  }
  return { tapped, cancel: () => store.endConnection(undefined, true) }
}

function pointOf(event: MouseEvent | TouchEvent): { x: number; y: number } {
  const at = 'changedTouches' in event ? event.changedTouches[0] : event
  return { x: at?.clientX ?? 0, y: at?.clientY ?? 0 }
}
