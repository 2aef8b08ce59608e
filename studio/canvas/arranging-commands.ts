import { nextTick } from 'vue'
import { counted } from '../ui/format.ts'
import type { Alignment } from './arrange.ts'
import { type CommandContext, selectionOf } from './command-context.ts'
import type { Command } from './commands.ts'
import type { Direction } from './walk.ts'

const NUDGE_PX = 10
const FAR_PX = 100

/** Arrow keys, and which way they go. */
export const ARROWS: readonly { direction: Direction; key: string; x: number; y: number }[] = [
  { direction: 'left', key: 'ArrowLeft', x: -1, y: 0 },
  { direction: 'right', key: 'ArrowRight', x: 1, y: 0 },
  { direction: 'up', key: 'ArrowUp', x: 0, y: -1 },
  { direction: 'down', key: 'ArrowDown', x: 0, y: 1 },
]

const ALIGNING: readonly { how: Alignment; name: string; key: string }[] = [
  { how: 'left', name: 'Align left edges', key: 'Alt+a' },
  { how: 'centre', name: 'Align centres', key: 'Alt+h' },
  { how: 'right', name: 'Align right edges', key: 'Alt+d' },
  { how: 'top', name: 'Align top edges', key: 'Alt+w' },
  { how: 'middle', name: 'Align middles', key: 'Alt+v' },
  { how: 'bottom', name: 'Align bottom edges', key: 'Alt+s' },
]

export function arrangingCommands(context: CommandContext): Command[] {
  const { draft, editing, view, notice } = context
  const { nodes, some, several, three } = selectionOf(context)

  async function layout() {
    const { laidOut } = await import('./layout.ts')
    const chosen = new Set(nodes())
    const only = chosen.size > 1 ? chosen : new Set<string>()
    const moves = await laidOut(draft.level.value.flow, draft.level.value.manifests, only)
    // Somebody may have taken a node away meanwhile.
    editing.move(moves.filter(({ id }) => editing.nodeOf(id)))
    const count = moves.length
    notice.say(count === 0 ? 'Everything is in its place already.' : `${counted(count, 'node')} moved.`)
    await nextTick()
    view.value?.begin()
  }
  function nudge(x: number, y: number) {
    editing.move(editing.placed().map((box) => ({ id: box.id, x: box.x + x, y: box.y + y })))
  }

  const arrange = { section: 'Arrange', edits: true } as const
  return [
    {
      ...arrange,
      id: 'layout',
      name: 'Tidy up',
      keys: ['Shift+l'],
      enabled: () => draft.level.value.flow.nodes.length > 1,
      run: () => void layout(),
    },
    ...ALIGNING.map(({ how, name, key }) => ({
      ...arrange,
      id: `align-${how}`,
      name,
      keys: [key],
      enabled: several,
      run: () => editing.align(how),
    })),
    {
      ...arrange,
      id: 'distribute-x',
      name: 'Distribute across',
      keys: ['Alt+Shift+h'],
      enabled: three,
      run: () => editing.distribute('x'),
    },
    {
      ...arrange,
      id: 'distribute-y',
      name: 'Distribute down',
      keys: ['Alt+Shift+v'],
      enabled: three,
      run: () => editing.distribute('y'),
    },
    ...ARROWS.flatMap(({ direction, key, x, y }) => [
      {
        ...arrange,
        id: `nudge-${direction}`,
        name: `Move ${direction}`,
        keys: [`Alt+${key}`],
        enabled: some,
        run: () => nudge(x * NUDGE_PX, y * NUDGE_PX),
      },
      {
        ...arrange,
        id: `push-${direction}`,
        name: `Move far ${direction}`,
        keys: [`Alt+Shift+${key}`],
        enabled: some,
        run: () => nudge(x * FAR_PX, y * FAR_PX),
      },
    ]),
  ]
}
