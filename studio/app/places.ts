import {
  albumsOutline,
  checkmarkDoneOutline,
  gitNetworkOutline,
  peopleOutline,
  personCircleOutline,
  pulseOutline,
} from 'ionicons/icons'

/** Where the navigation leads. */
export const PLACES = [
  { path: '/gallery', name: 'Gallery', icon: albumsOutline },
  { path: '/runs', name: 'Runs', icon: pulseOutline },
  { path: '/flows', name: 'Flows', icon: gitNetworkOutline },
]

/** For whoever may decide. */
export const INBOX = { path: '/inbox', name: 'Inbox', icon: checkmarkDoneOutline }

export const ADMIN = { path: '/admin', name: 'Admin', icon: peopleOutline }

/** Whether a path is this place or lies below it. */
export const isAt = (place: { path: string }, path: string): boolean =>
  path === place.path || path.startsWith(`${place.path}/`)

export const ACCOUNT = { path: '/account', name: 'Account', icon: personCircleOutline }
