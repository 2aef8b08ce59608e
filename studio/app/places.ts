import { albumsOutline, gitNetworkOutline, personCircleOutline, pulseOutline } from 'ionicons/icons'

/** Where the navigation leads. */
export const PLACES = [
  { path: '/gallery', name: 'Gallery', icon: albumsOutline },
  { path: '/runs', name: 'Runs', icon: pulseOutline },
  { path: '/flows', name: 'Flows', icon: gitNetworkOutline },
]

export const ACCOUNT = { path: '/account', name: 'Account', icon: personCircleOutline }
