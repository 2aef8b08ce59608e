import type { Awareness } from 'y-protocols/awareness'
import { type ShallowRef, onScopeDispose, shallowRef } from 'vue'

export interface Point {
  x: number
  y: number
}

/** Somebody else who has this flow open; a person with two tabs is two peers. */
export interface Peer {
  id: string
  name: string
  colour: string
  cursor: Point | null
  /** The sub-flow that is open there; null is the top level. */
  inside: string | null
  selection: string[]
}

const COLOURS = ['#0f5257', '#653878', '#9c261a', '#27633a', '#7d5100', '#1f4f93', '#8a2f62', '#4c5a14']

/** Always the same colour for the same person; white text on it can be read. */
export function colourOf(userId: string): string {
  let sum = 0
  for (const character of userId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return COLOURS[sum % COLOURS.length] ?? '#0f5257'
}

/** What other browsers say of themselves is not trusted: whatever is not of this shape is left out. */
export function peerOf(clientId: number, state: unknown): Peer | null {
  if (!isRecord(state) || !isRecord(state['user'])) return null
  const { id, name } = state['user']
  if (typeof id !== 'string' || typeof name !== 'string') return null
  const selection = Array.isArray(state['selection']) ? state['selection'] : []
  return {
    id: String(clientId),
    name: name.slice(0, 80),
    colour: colourOf(id),
    cursor: pointOf(state['cursor']),
    inside: typeof state['inside'] === 'string' ? state['inside'] : null,
    selection: selection.filter((item) => typeof item === 'string'),
  }
}

function pointOf(value: unknown): Point | null {
  if (!isRecord(value)) return null
  const { x, y } = value
  return typeof x === 'number' && typeof y === 'number' && Number.isFinite(x + y) ? { x, y } : null
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

export function usePresence(awareness: Awareness, user: { id: string; name: string }) {
  const peers: ShallowRef<Peer[]> = shallowRef([])
  const { id, name } = user
  awareness.setLocalStateField('user', { id, name })
  awareness.setLocalStateField('selection', [])

  function read() {
    peers.value = [...awareness.getStates()]
      .filter(([client]) => client !== awareness.clientID)
      .map(([client, state]) => peerOf(client, state))
      .filter((peer) => peer !== null)
      .sort((a, b) => Number(a.id) - Number(b.id))
  }
  awareness.on('change', read)
  onScopeDispose(() => awareness.off('change', read))

  return {
    peers,
    setCursor: (point: Point | null) => awareness.setLocalStateField('cursor', point),
    setInside: (id: string | null) => awareness.setLocalStateField('inside', id),
    setSelection: (ids: Iterable<string>) => awareness.setLocalStateField('selection', [...ids]),
  }
}
