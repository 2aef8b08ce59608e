import type { Ref } from 'vue'
import type { Editing } from './editing.ts'
import type { Notice } from './notice.ts'
import type { SubflowEditing } from './subflow-editing.ts'
import type { SidePanel } from './panels.ts'
import type { DraftSession } from './use-draft.ts'

/** What commands need of the canvas that is drawn. */
export interface View {
  focus(): void
  focusNode(id: string): Promise<void>
  middle(): { x: number; y: number }
  cancel(): void
  difference(by: 1 | -1): void
  /** The whole flow, or the beginning of a large one. */
  begin(): unknown
  fit(): unknown
  fitSelection(): unknown
  zoom(factor: number): unknown
  write(id: string): unknown
}

/** What can be open over the canvas. */
export type Opened =
  | 'add'
  | 'commands'
  | 'search'
  | 'shortcuts'
  | 'connect'
  | 'disconnect'
  | 'rename'
  | 'level'

export interface CommandContext {
  draft: DraftSession
  editing: Editing
  subflows: SubflowEditing
  view: Readonly<Ref<View | null>>
  notice: Notice
  open(what: Opened): void
  minimap: Ref<boolean>
  /** Opens what lies beside the canvas and takes the keyboard there. */
  goTo(panel: SidePanel): void
}

/** What is selected, as commands ask for it. */
export function selectionOf({ draft, editing }: CommandContext) {
  /** Sub-flows among them: they are nodes of their level. */
  const nodes = () => {
    const { nodes: steps, subflows } = editing.chosen()
    return [...steps, ...subflows]
  }
  return {
    nodes,
    one: () => nodes().length === 1,
    some: () => draft.selection.value.size > 0,
    several: () => editing.placed().length > 1,
    three: () => editing.placed().length > 2,
  }
}
