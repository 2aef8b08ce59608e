import type { Ref } from 'vue'
import type { Editing } from './editing.ts'
import type { Notice } from './notice.ts'
import type { DraftSession } from './use-draft.ts'

/** What commands need of the canvas that is drawn. */
export interface View {
  focusNode(id: string): Promise<void>
  middle(): { x: number; y: number }
  cancel(): void
  difference(by: 1 | -1): void
  fit(): unknown
  fitSelection(): unknown
  zoom(factor: number): unknown
  write(id: string): unknown
}

/** What can be open over the canvas. */
export type Opened = 'add' | 'commands' | 'search' | 'shortcuts' | 'connect' | 'disconnect' | 'rename'

export interface CommandContext {
  draft: DraftSession
  editing: Editing
  view: Readonly<Ref<View | null>>
  notice: Notice
  open(what: Opened): void
  minimap: Ref<boolean>
}

/** What is selected, as commands ask for it. */
export function selectionOf({ draft, editing }: CommandContext) {
  const nodes = () => editing.chosen().nodes
  return {
    nodes,
    one: () => nodes().length === 1,
    some: () => draft.selection.value.size > 0,
    several: () => editing.placed().length > 1,
    three: () => editing.placed().length > 2,
  }
}
