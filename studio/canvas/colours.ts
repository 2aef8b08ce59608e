/** Colours that people may give to nodes, notes and groups; the names are what the document keeps. */
export const COLOURS = ['teal', 'blue', 'violet', 'rose', 'amber', 'green', 'grey'] as const

const HEX = /^#[0-9a-fA-F]{6}$/

/** Null for what is not known here: it comes from a document of another origin and would go into a style. */
export function colourVar(name: string | undefined): string | null {
  if (name === undefined) return null
  if (HEX.test(name)) return name
  return COLOURS.some((colour) => colour === name) ? `var(--tint-${name})` : null
}
