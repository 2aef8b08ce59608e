import { ARROWS } from './arranging-commands.ts'
import { type CommandContext, selectionOf } from './command-context.ts'
import type { Command } from './commands.ts'
import { type Direction, neighbour } from './walk.ts'

export function viewingCommands(context: CommandContext): Command[] {
  const { draft, view, open, minimap } = context
  const { nodes, some } = selectionOf(context)

  function walk(direction: Direction) {
    const next = neighbour(draft.flow.value, nodes().at(-1) ?? '', direction)
    if (next) draft.reveal([next])
  }
  function toggleMinimap() {
    minimap.value = !minimap.value
  }

  const comparing = () => draft.overlay.value?.kind === 'diff'

  const look = { section: 'View' } as const
  return [
    ...ARROWS.map(({ direction, key }) => ({
      ...look,
      id: `walk-${direction}`,
      name: `Go ${direction}`,
      keys: [key],
      enabled: () => draft.flow.value.nodes.length > 0,
      run: () => walk(direction),
    })),
    {
      ...look,
      id: 'search',
      name: 'Find on the canvas',
      keys: ['$mod+f'],
      everywhere: true,
      run: () => open('search'),
    },
    {
      ...look,
      id: 'commands',
      name: 'All commands',
      keys: ['$mod+k'],
      everywhere: true,
      run: () => open('commands'),
    },
    {
      ...look,
      id: 'fit',
      name: 'Show everything',
      keys: ['Shift+Digit1'],
      run: () => void view.value?.fit(),
    },
    {
      ...look,
      id: 'fit-selection',
      name: 'Show the selection',
      keys: ['Shift+Digit2'],
      menu: true,
      enabled: some,
      run: () => void view.value?.fitSelection(),
    },
    { ...look, id: 'zoom-in', name: 'Zoom in', keys: ['+', '='], run: () => void view.value?.zoom(1.25) },
    { ...look, id: 'zoom-out', name: 'Zoom out', keys: ['-'], run: () => void view.value?.zoom(0.8) },
    { ...look, id: 'minimap', name: 'Show or hide the overview', keys: ['m'], run: toggleMinimap },
    {
      ...look,
      id: 'difference-next',
      name: 'Next difference',
      keys: ['.'],
      enabled: comparing,
      run: () => view.value?.difference(1),
    },
    {
      ...look,
      id: 'difference-previous',
      name: 'Previous difference',
      keys: [','],
      enabled: comparing,
      run: () => view.value?.difference(-1),
    },
    {
      ...look,
      id: 'shortcuts',
      name: 'Keyboard shortcuts',
      keys: ['?'],
      everywhere: true,
      run: () => open('shortcuts'),
    },
  ]
}
