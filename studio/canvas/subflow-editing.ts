import { type Flow, collapse, contentOf, dissolve, moveInto, pathTo } from '#graph'
import type { Editing } from './editing.ts'
import { NODE_WIDTH_PX, PORT_HEIGHT_PX, around, snapped } from './sizes.ts'
import type { DraftSession } from './use-draft.ts'

/** Sub-flows: making, opening and undoing them. Each edit is one step of undo. */
export function subflowEditing(draft: DraftSession, editing: Editing) {
  const { doc, origin, flow, inside } = draft
  const chosen = () => {
    const { nodes, notes, subflows } = editing.chosen()
    return { nodes, notes, subflows }
  }
  const border = () => {
    const [id] = draft.selection.value
    return draft.selection.value.size === 1 ? draft.level.value.borders.get(id ?? '') : undefined
  }
  /** The one that is selected alone. */
  const one = () => {
    const { nodes, notes, subflows } = editing.chosen()
    return nodes.length + notes.length === 0 && subflows.length === 1 ? (subflows[0] ?? null) : null
  }
  const titleOf = (id: string | null) =>
    id === null
      ? flow.value.name
      : flow.value.subflows.find((subflow) => subflow.id === id)?.title || 'Sub-flow'

  function collapseSelection(): string | null {
    const box = around(editing.placed())
    if (!box) return null
    const position = snapped({
      x: box.x + (box.width - NODE_WIDTH_PX) / 2,
      y: box.y + box.height / 2 - 2 * PORT_HEIGHT_PX,
    })
    const title = freshTitle(flow.value)
    const id = editing.change(() => collapse(doc, chosen(), { title, position }, origin))
    if (id) draft.reveal([id])
    return id
  }

  /** Its content stays selected. */
  function dissolveSelected(): number {
    const id = one()
    if (id === null) return 0
    const before = flow.value
    const content = contentOf(before, [id])
    const lies = new Set(
      content.subflows.filter((other) => other !== id && pathTo(before, other).at(-2)?.id === id),
    )
    for (const item of [...before.nodes, ...before.notes]) if (item.subflow === id) lies.add(item.id)
    editing.change(() => dissolve(doc, id, origin))
    draft.reveal(lies)
    return lies.size
  }

  /** Opens a sub-flow, or follows a connection to the node outside. */
  function open(id: string) {
    const outside = draft.level.value.borders.get(id)
    if (outside) draft.reveal([outside.node])
    else draft.enter(id)
  }

  /** To the level around the open one, or to any other around it; where one came from is selected. */
  function up(to?: string | null) {
    const path = pathTo(flow.value, inside.value).map(({ id }) => id)
    const depth = to === undefined ? path.length - 1 : to === null ? 0 : path.indexOf(to) + 1
    const from = path[depth]
    if (from !== undefined) draft.reveal([from])
  }

  return {
    one,
    chosen,
    border,
    titleOf,
    collapse: collapseSelection,
    dissolve: dissolveSelected,
    open,
    up,
    /** Where the selection could go to; null is the top level. */
    targets(): (string | null)[] {
      const lost = new Set(contentOf(flow.value, chosen().subflows).subflows)
      const all = [null, ...flow.value.subflows.map(({ id }) => id)]
      return all.filter((id) => id !== inside.value && (id === null || !lost.has(id)))
    },
    moveTo(into: string | null) {
      const items = chosen()
      editing.change(() => moveInto(doc, items, into, origin))
      draft.reveal([...items.nodes, ...items.notes, ...items.subflows])
    },
  }
}
export type SubflowEditing = ReturnType<typeof subflowEditing>

function freshTitle({ subflows }: Flow): string {
  const taken = new Set(subflows.map(({ title }) => title))
  let number = 1
  while (taken.has(`Sub-flow ${number}`)) number++
  return `Sub-flow ${number}`
}
