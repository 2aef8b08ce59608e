import { counted } from '../ui/format.ts'
import { type CommandContext, selectionOf } from './command-context.ts'
import type { Command } from './commands.ts'

export function editingCommands(context: CommandContext): Command[] {
  const { draft, editing, view, notice, open } = context
  const { say } = notice
  const { nodes, one, some } = selectionOf(context)

  async function copy(): Promise<boolean> {
    const { nodes: steps, notes, groups, subflows: inner } = editing.chosen()
    const count = steps.length + notes.length + groups.length + inner.length
    if (count === 0) return false
    try {
      await navigator.clipboard.writeText(editing.clip())
      say(`${counted(count, 'item')} copied.`)
      return true
    } catch (error) {
      console.warn('The clipboard refused.', error)
      say('The browser does not let this page use the clipboard.')
      return false
    }
  }
  async function cut() {
    if (await copy()) remove()
  }
  async function paste() {
    try {
      const text = await navigator.clipboard.readText()
      const count = editing.paste(text, view.value?.middle() ?? { x: 0, y: 0 })
      say(
        count === null
          ? 'What is on the clipboard is not part of a flow.'
          : `${counted(count, 'item')} pasted.`,
      )
    } catch (error) {
      console.warn('The clipboard refused.', error)
      say('The browser does not let this page read the clipboard.')
    }
  }
  function remove() {
    const count = editing.remove()
    if (count > 0) say(`${counted(count, 'item')} deleted.`)
    const [heir] = draft.selection.value
    if (heir) void view.value?.focusNode(heir)
  }
  function rename() {
    const [note] = editing.chosen().notes
    if (note) view.value?.write(note)
    else if (one()) open('rename')
  }
  function selectAll() {
    const { nodes: steps, notes } = draft.level.value.flow
    draft.select([...steps, ...notes].map(({ id }) => id))
  }
  function letGo() {
    view.value?.cancel()
    if (draft.selection.value.size === 0) context.subflows.up()
    else draft.select([])
  }

  const edit = { section: 'Edit', edits: true } as const
  return [
    {
      ...edit,
      id: 'rename',
      name: 'Rename, or write in a note',
      keys: ['Enter', 'F2'],
      menu: true,
      enabled: () => one() || editing.chosen().notes.length === 1,
      run: rename,
    },
    {
      ...edit,
      id: 'undo',
      name: 'Undo',
      keys: ['$mod+z'],
      everywhere: true,
      enabled: () => draft.canUndo.value,
      run: draft.undo,
    },
    {
      ...edit,
      id: 'redo',
      name: 'Redo',
      keys: ['$mod+Shift+z', '$mod+y'],
      everywhere: true,
      enabled: () => draft.canRedo.value,
      run: draft.redo,
    },
    {
      section: 'Edit',
      id: 'copy',
      name: 'Copy',
      keys: ['$mod+c'],
      menu: true,
      enabled: some,
      run: () => void copy(),
    },
    { ...edit, id: 'cut', name: 'Cut', keys: ['$mod+x'], enabled: some, run: () => void cut() },
    { ...edit, id: 'paste', name: 'Paste', keys: ['$mod+v'], menu: true, run: () => void paste() },
    {
      ...edit,
      id: 'duplicate',
      name: 'Duplicate',
      keys: ['$mod+d'],
      menu: true,
      enabled: some,
      run: () => editing.duplicate(),
    },
    {
      ...edit,
      id: 'toggle',
      name: 'Switch off or on',
      keys: ['d'],
      menu: true,
      enabled: () => nodes().length > 0,
      run: editing.toggle,
    },
    {
      ...edit,
      id: 'delete',
      name: 'Delete',
      keys: ['Delete', 'Backspace'],
      menu: true,
      enabled: some,
      run: remove,
    },
    { section: 'Edit', id: 'all', name: 'Select everything', keys: ['$mod+a'], run: selectAll },
    {
      section: 'Edit',
      id: 'escape',
      name: 'Let go of the selection, then go up one level',
      keys: ['Escape'],
      run: letGo,
    },
  ]
}
