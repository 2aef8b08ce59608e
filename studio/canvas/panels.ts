import { optionsOutline, playOutline, timeOutline } from 'ionicons/icons'

/** What can be shown beside the canvas, one at a time. */
export const SIDE_PANELS = {
  inspector: { name: 'Settings', icon: optionsOutline, key: 'i' },
  trial: { name: 'Try it', icon: playOutline, key: 't' },
  history: { name: 'History', icon: timeOutline, key: 'h' },
}
export type SidePanel = keyof typeof SIDE_PANELS
