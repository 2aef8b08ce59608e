import Fuse from 'fuse.js'
import type { NodeManifest } from '#graph'
import { manifestKey } from '#graph'

/** An entry of a list that is searched by typing. */
export interface PickOption {
  id: string
  name: string
  detail?: string
  icon?: string
  /** Keys that do the same. */
  keys?: string
  /** Further words that it is found by. */
  words?: string
}

/** Best match first; everything in the given order while nothing is typed. */
export function found(options: readonly PickOption[], typed: string): readonly PickOption[] {
  const wanted = typed.trim()
  if (wanted === '') return options
  const fuse = new Fuse(options, {
    keys: [
      { name: 'name', weight: 3 },
      { name: 'words', weight: 2 },
      { name: 'detail', weight: 1 },
    ],
    threshold: 0.35,
    ignoreLocation: true,
  })
  return fuse.search(wanted).map(({ item }) => item)
}

export const CATEGORIES: Record<NodeManifest['category'], string> = {
  input: 'Input',
  agents: 'Agents',
  models: 'Models',
  flow: 'Flow',
  output: 'Output',
}

export const nodeOption = (manifest: NodeManifest): PickOption => ({
  id: manifestKey(manifest),
  name: manifest.title,
  detail: manifest.summary,
  icon: manifest.icon,
  words: `${manifest.type} ${CATEGORIES[manifest.category]}`,
})
