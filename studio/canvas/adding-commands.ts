import { type CommandContext, selectionOf } from './command-context.ts'
import type { Command } from './commands.ts'

export function addingCommands(context: CommandContext): Command[] {
  const { draft, editing, view, notice, open } = context
  const { nodes, one } = selectionOf(context)
  const isConnected = () =>
    draft.level.value.whole.edges.some(({ source, target }) =>
      [source.node, target.node].includes(nodes()[0] ?? ''),
    )

  function note() {
    const id = editing.note(view.value?.middle() ?? { x: 0, y: 0 })
    if (id) view.value?.write(id)
  }
  function group() {
    if (editing.group()) notice.say('Grouped.')
  }

  const add = { section: 'Add', edits: true } as const
  return [
    { ...add, id: 'add', name: 'Add a node', keys: ['/'], everywhere: true, run: () => open('add') },
    {
      ...add,
      id: 'add-behind',
      name: 'Add a node behind the selected one',
      keys: ['Tab'],
      menu: true,
      enabled: one,
      run: () => open('add'),
    },
    {
      ...add,
      id: 'connect',
      name: 'Connect to …',
      keys: ['c'],
      menu: true,
      enabled: one,
      run: () => open('connect'),
    },
    {
      ...add,
      id: 'disconnect',
      name: 'Disconnect …',
      keys: ['x'],
      menu: true,
      enabled: () => one() && isConnected(),
      run: () => open('disconnect'),
    },
    { ...add, id: 'note', name: 'Add a note', keys: ['n'], run: note },
    {
      ...add,
      id: 'group',
      name: 'Group the selected nodes',
      keys: ['$mod+g'],
      menu: true,
      enabled: () => editing.chosen().nodes.length > 0,
      run: group,
    },
  ]
}
