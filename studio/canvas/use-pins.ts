import { type ShallowRef, onScopeDispose, shallowRef } from 'vue'
import type * as Y from 'yjs'
import { type Pins, pinsMap, pinsOf } from '#graph'

/** The draft's pinned sample data, as it stands. */
export function usePins(doc: Y.Doc): Readonly<ShallowRef<Pins>> {
  const pins = shallowRef(pinsOf(doc))
  const read = () => (pins.value = pinsOf(doc))
  const map = pinsMap(doc)
  map.observe(read)
  onScopeDispose(() => map.unobserve(read))
  return pins
}
