export const SECTIONS = ['Add', 'Edit', 'Arrange', 'Sub-flows', 'Try', 'View'] as const

/** Something that can be done on the canvas, wherever it is asked from: a key, the palette, a menu, a button. */
export interface Command {
  id: string
  section: (typeof SECTIONS)[number]
  name: string
  /** As tinykeys writes them; all of them do it. */
  keys?: readonly string[]
  /** Works wherever the focus is; others only on the canvas. */
  everywhere?: boolean
  /** Belongs into the menu of what is selected. */
  menu?: boolean
  /** Changes the draft, so it is not there for those who may only look. */
  edits?: boolean
  enabled?: () => boolean
  run(event?: KeyboardEvent): void
}

const MAC = /Mac|iP(ad|hone)/.test(globalThis.navigator?.userAgent ?? '')
const SHOWN: Record<string, string> = {
  $mod: MAC ? '⌘' : 'Ctrl',
  Shift: MAC ? '⇧' : 'Shift',
  Alt: MAC ? '⌥' : 'Alt',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
  Digit1: '1',
  Digit2: '2',
}

/** "Ctrl + Shift + Z". */
export const keyName = (key: string): string =>
  key
    .split('+')
    .map((part) => SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' + ')

export const keysOf = ({ keys = [] }: Command): string => keys.map(keyName).join(' or ')

export const available = (command: Command, readOnly: boolean): boolean =>
  !(readOnly && command.edits) && (command.enabled?.() ?? true)
