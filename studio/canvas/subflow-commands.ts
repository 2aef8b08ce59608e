import { counted } from '../ui/format.ts'
import type { CommandContext } from './command-context.ts'
import type { Command } from './commands.ts'

/** Come before the others: Enter and Alt + ↑ mean these where they can be done. */
export function subflowCommands({ draft, editing, subflows, view, notice, open }: CommandContext): Command[] {
  const some = () => {
    const { nodes, notes, subflows: inner } = editing.chosen()
    return nodes.length + notes.length + inner.length > 0
  }
  function collapse() {
    if (subflows.collapse()) notice.say('Collapsed. Enter opens the sub-flow, F2 renames it.')
  }
  function enter() {
    const id = subflows.one() ?? subflows.border()?.id
    if (id === undefined) return
    subflows.open(id)
    const { inside } = draft
    if (inside.value === id) {
      notice.say(`Inside ${subflows.titleOf(id)}. Escape leads out again.`)
      view.value?.focus()
    }
  }
  function dissolve() {
    const count = subflows.dissolve()
    notice.say(`Dissolved; ${counted(count, 'item')} moved out.`)
  }

  const edit = { section: 'Sub-flows', edits: true } as const
  const look = { section: 'Sub-flows' } as const
  return [
    {
      ...edit,
      id: 'collapse',
      name: 'Collapse into a sub-flow',
      keys: ['$mod+Shift+g'],
      menu: true,
      enabled: some,
      run: collapse,
    },
    {
      ...look,
      id: 'open-subflow',
      name: 'Open the sub-flow',
      keys: ['Enter'],
      menu: true,
      enabled: () => subflows.one() !== null || subflows.border() !== undefined,
      run: enter,
    },
    {
      ...look,
      id: 'up',
      name: 'Go up one level',
      keys: ['Alt+ArrowUp'],
      enabled: () => draft.inside.value !== null && draft.selection.value.size === 0,
      run: () => subflows.up(),
    },
    {
      ...edit,
      id: 'move-into',
      name: 'Move to another level …',
      keys: ['Alt+m'],
      menu: true,
      enabled: () => some() && subflows.targets().length > 0,
      run: () => open('level'),
    },
    {
      ...edit,
      id: 'dissolve',
      name: 'Dissolve the sub-flow',
      keys: ['Alt+g'],
      menu: true,
      enabled: () => subflows.one() !== null,
      run: dissolve,
    },
  ]
}
