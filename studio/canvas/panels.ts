import { optionsOutline, playOutline, timeOutline } from 'ionicons/icons'

/** What can be shown beside the canvas, one at a time. */
export const SIDE_PANELS = {
  inspector: { name: 'Settings', icon: optionsOutline },
  trial: { name: 'Try it', icon: playOutline },
  history: { name: 'History', icon: timeOutline },
}
export type SidePanel = keyof typeof SIDE_PANELS
