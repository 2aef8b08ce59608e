import { iconOf } from '../ui/icons.ts'

const made = new Map<string, string>()

/**
 * An icon as a CSS mask: a thousand nodes with a web component each would be slow. What Ionic's own style sheet says of
 * the outlines has to be in the picture itself.
 */
export function iconMask(name: string): string {
  const known = made.get(name)
  if (known) return known
  const picture = iconOf(name)
    .replaceAll(
      "class='ionicon-fill-none ionicon-stroke-width'",
      "fill='none' stroke='black' stroke-width='32'",
    )
    .replaceAll("class='ionicon-stroke-width'", "stroke='black' stroke-width='32'")
    .replaceAll("class='ionicon-fill-none'", "fill='none' stroke='black'")
  const mask = `url("${picture}")`
  made.set(name, mask)
  return mask
}
