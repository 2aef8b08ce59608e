import { ARROWS } from './arranging-commands.ts'
import { type CommandContext, selectionOf } from './command-context.ts'
import type { Command } from './commands.ts'
import { SIDE_PANELS, type SidePanel } from './panels.ts'
import { type Direction, neighbour } from './walk.ts'

export function viewingCommands(context: CommandContext): Command[] {
  const { draft, view, open, minimap, goTo } = context
  const { some } = selectionOf(context)

  function nextOf(direction: Direction): string | null {
    const { whole } = draft.level.value
    const from = [...draft.selection.value].findLast((id) => whole.nodes.some((node) => node.id === id))
    return neighbour(whole, from ?? '', direction)
  }
  function walk(direction: Direction) {
    const next = nextOf(direction)
    if (next) draft.reveal([next])
  }
  function extend(direction: Direction) {
    const next = nextOf(direction)
    if (!next || draft.level.value.borders.has(next)) return
    draft.reveal([...draft.selection.value, next])
    void view.value?.focusNode(next)
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
      enabled: () => draft.level.value.flow.nodes.length > 0,
      run: () => walk(direction),
    })),
    ...ARROWS.map(({ direction, key }) => ({
      ...look,
      id: `extend-${direction}`,
      name: `Select the next one ${direction} too`,
      keys: [`Shift+${key}`],
      enabled: some,
      run: () => extend(direction),
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
    ...Object.entries(SIDE_PANELS).map(([panel, { name, key }]) => ({
      ...look,
      id: `panel-${panel}`,
      name: `Go to “${name}”`,
      keys: [key],
      run: () => goTo(panel as SidePanel),
    })),
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
