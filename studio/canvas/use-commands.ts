import type { Ref } from 'vue'
import { counted } from '../ui/format.ts'
import type { Alignment } from './arrange.ts'
import type { Command } from './commands.ts'
import type { Editing } from './editing.ts'
import { laidOut } from './layout.ts'
import type { Notice } from './notice.ts'
import type { DraftSession } from './use-draft.ts'
import { type Direction, neighbour } from './walk.ts'

export interface View {
  focusNode(id: string): Promise<void>
  middle(): { x: number; y: number }
  cancel(): void
  fit(): unknown
  fitSelection(): unknown
  zoom(factor: number): unknown
  write(id: string): unknown
}
export type Opened = 'add' | 'commands' | 'search' | 'shortcuts' | 'connect' | 'disconnect' | 'rename'

interface Around {
  draft: DraftSession
  editing: Editing
  view: Readonly<Ref<View | null>>
  notice: Notice
  open(what: Opened): void
  minimap: Ref<boolean>
}

const NUDGE_PX = 10
const FAR_PX = 100

/** Everything that can be done, with its keys. */
export function useCommands(around: Around): Command[] {
  const { draft, editing, view, notice, open, minimap } = around
  const { say } = notice
  const node = () => editing.chosen().nodes
  const one = () => node().length === 1
  const some = () => draft.selection.value.size > 0
  const several = () => editing.placed().length > 1

  async function copy(): Promise<boolean> {
    const things = editing.placed().length
    if (things === 0) return false
    try {
      await navigator.clipboard.writeText(editing.clip())
      say(`${counted(things, 'item')} copied.`)
      return true
    } catch (error) {
      console.warn('The clipboard refused.', error)
      say('The browser does not let this page use the clipboard.')
      return false
    }
  }
  async function paste() {
    try {
      const pasted = editing.paste(await navigator.clipboard.readText(), view.value?.middle() ?? { x: 0, y: 0 })
      say(pasted === null ? 'What is on the clipboard is not part of a flow.' : `${counted(pasted, 'item')} pasted.`)
    } catch (error) {
      console.warn('The clipboard refused.', error)
      say('The browser does not let this page read the clipboard.')
    }
  }
  function remove() {
    const removed = editing.remove()
    if (removed > 0) say(`${counted(removed, 'item')} deleted.`)
    const [heir] = draft.selection.value
    if (heir) void view.value?.focusNode(heir)
  }
  async function layout() {
    const { flow } = draft
    const before = flow.value
    const chosen = new Set(node())
    const moves = await laidOut(before, editing.known.value, chosen.size > 1 ? chosen : new Set())
    const there = new Set(flow.value.nodes.map(({ id }) => id))
    editing.move(moves.filter(({ id }) => there.has(id)))
    say(moves.length === 0 ? 'Everything is in its place already.' : `${counted(moves.length, 'node')} moved.`)
    view.value?.fit()
  }
  function nudge(x: number, y: number) {
    editing.move(editing.placed().map((box) => ({ id: box.id, x: box.x + x, y: box.y + y })))
  }
  function walk(direction: Direction) {
    const { flow } = draft
    const here = node().at(-1) ?? ''
    const next = neighbour(flow.value, here, direction)
    if (next) draft.reveal([next])
  }
  function escape() {
    view.value?.cancel()
    draft.select([])
  }
  function enter() {
    const [note] = editing.chosen().notes
    if (note) view.value?.write(note)
    else if (one()) open('rename')
  }
  const align = (how: Alignment, name: string, key: string): Command => ({
    id: `align-${how}`,
    section: 'Arrange',
    name,
    keys: [key],
    edits: true,
    enabled: several,
    run: () => editing.align(how),
  })
  const arrow = (direction: Direction, key: string, x: number, y: number): Command[] => [
    { id: `walk-${direction}`, section: 'View', name: `Go ${direction}`, keys: [key], enabled: () => draft.flow.value.nodes.length > 0, run: () => walk(direction) },
    { id: `nudge-${direction}`, section: 'Arrange', name: `Move ${direction}`, keys: [`Alt+${key}`], edits: true, enabled: some, run: () => nudge(x * NUDGE_PX, y * NUDGE_PX) },
    { id: `push-${direction}`, section: 'Arrange', name: `Move far ${direction}`, keys: [`Alt+Shift+${key}`], edits: true, enabled: some, run: () => nudge(x * FAR_PX, y * FAR_PX) },
  ]

  return [
    { id: 'add', section: 'Add', name: 'Add a node', keys: ['/'], edits: true, everywhere: true, run: () => open('add') },
    { id: 'add-behind', section: 'Add', name: 'Add a node behind the selected one', keys: ['Tab'], edits: true, menu: true, enabled: one, run: () => open('add') },
    { id: 'connect', section: 'Add', name: 'Connect to …', keys: ['c'], edits: true, menu: true, enabled: one, run: () => open('connect') },
    { id: 'disconnect', section: 'Edit', name: 'Disconnect …', keys: ['x'], edits: true, menu: true, enabled: () => one() && draft.flow.value.edges.some(({ source, target }) => [source.node, target.node].includes(node()[0] ?? '')), run: () => open('disconnect') },
    { id: 'note', section: 'Add', name: 'Add a note', keys: ['n'], edits: true, run: () => { const id = editing.note(view.value?.middle() ?? { x: 0, y: 0 }); if (id) view.value?.write(id) } },
    { id: 'group', section: 'Add', name: 'Group the selected nodes', keys: ['$mod+g'], edits: true, menu: true, enabled: () => node().length > 0, run: () => { if (editing.group()) say('Grouped.') } },
    { id: 'rename', section: 'Edit', name: 'Rename, or write in a note', keys: ['Enter', 'F2'], edits: true, menu: true, enabled: () => one() || editing.chosen().notes.length === 1, run: enter },
    { id: 'undo', section: 'Edit', name: 'Undo', keys: ['$mod+z'], edits: true, everywhere: true, enabled: () => draft.canUndo.value, run: draft.undo },
    { id: 'redo', section: 'Edit', name: 'Redo', keys: ['$mod+Shift+z', '$mod+y'], edits: true, everywhere: true, enabled: () => draft.canRedo.value, run: draft.redo },
    { id: 'copy', section: 'Edit', name: 'Copy', keys: ['$mod+c'], menu: true, enabled: some, run: () => void copy() },
    { id: 'cut', section: 'Edit', name: 'Cut', keys: ['$mod+x'], edits: true, enabled: some, run: () => void copy().then((copied) => copied && remove()) },
    { id: 'paste', section: 'Edit', name: 'Paste', keys: ['$mod+v'], edits: true, menu: true, run: () => void paste() },
    { id: 'duplicate', section: 'Edit', name: 'Duplicate', keys: ['$mod+d'], edits: true, menu: true, enabled: some, run: () => editing.duplicate() },
    { id: 'toggle', section: 'Edit', name: 'Switch off or on', keys: ['d'], edits: true, menu: true, enabled: () => node().length > 0, run: editing.toggle },
    { id: 'delete', section: 'Edit', name: 'Delete', keys: ['Delete', 'Backspace'], edits: true, menu: true, enabled: some, run: remove },
    { id: 'all', section: 'Edit', name: 'Select everything', keys: ['$mod+a'], run: () => { const { nodes, notes } = draft.flow.value; draft.select([...nodes, ...notes].map(({ id }) => id)) } },
    { id: 'escape', section: 'Edit', name: 'Let go of the selection', keys: ['Escape'], run: escape },
    { id: 'layout', section: 'Arrange', name: 'Tidy up', keys: ['Shift+l'], edits: true, enabled: () => draft.flow.value.nodes.length > 1, run: () => void layout() },
    align('left', 'Align left edges', 'Alt+a'),
    align('centre', 'Align centres', 'Alt+h'),
    align('right', 'Align right edges', 'Alt+d'),
    align('top', 'Align top edges', 'Alt+w'),
    align('middle', 'Align middles', 'Alt+v'),
    align('bottom', 'Align bottom edges', 'Alt+s'),
    { id: 'distribute-x', section: 'Arrange', name: 'Distribute across', keys: ['Alt+Shift+h'], edits: true, enabled: () => editing.placed().length > 2, run: () => editing.distribute('x') },
    { id: 'distribute-y', section: 'Arrange', name: 'Distribute down', keys: ['Alt+Shift+v'], edits: true, enabled: () => editing.placed().length > 2, run: () => editing.distribute('y') },
    ...arrow('left', 'ArrowLeft', -1, 0),
    ...arrow('right', 'ArrowRight', 1, 0),
    ...arrow('up', 'ArrowUp', 0, -1),
    ...arrow('down', 'ArrowDown', 0, 1),
    { id: 'search', section: 'View', name: 'Find on the canvas', keys: ['$mod+f'], everywhere: true, run: () => open('search') },
    { id: 'commands', section: 'View', name: 'All commands', keys: ['$mod+k'], everywhere: true, run: () => open('commands') },
    { id: 'fit', section: 'View', name: 'Show everything', keys: ['Shift+1'], run: () => void view.value?.fit() },
    { id: 'fit-selection', section: 'View', name: 'Show the selection', keys: ['Shift+2'], menu: true, enabled: some, run: () => void view.value?.fitSelection() },
    { id: 'zoom-in', section: 'View', name: 'Zoom in', keys: ['+', '='], run: () => void view.value?.zoom(1.25) },
    { id: 'zoom-out', section: 'View', name: 'Zoom out', keys: ['-'], run: () => void view.value?.zoom(0.8) },
    { id: 'minimap', section: 'View', name: 'Show or hide the overview', keys: ['m'], run: () => { minimap.value = !minimap.value } },
    { id: 'shortcuts', section: 'View', name: 'Keyboard shortcuts', keys: ['?'], everywhere: true, run: () => open('shortcuts') },
  ]
}
