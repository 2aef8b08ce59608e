/**
 * Names of steps and items, derived from where they come from and never random (R2).
 *
 * An item's path is its maker's path, then `node.port`, then `:index` where the port may put out several:
 * `brief.brief#creative/writer.draft`. A step's path is the path of the item it takes (empty for `all` nodes) and,
 * where the node runs once per list entry, `#` and the entry's key.
 */

const MAX_PATH_CHARACTERS = 300

export function itemPath(stepPath: string, nodeId: string, port: string, index: number | null): string {
  const last = `${nodeId}.${port}${index === null ? '' : `:${index}`}`
  return shortened(stepPath === '' ? last : `${stepPath}/${last}`)
}

export function stepPath(item: string, entryKey: string | null): string {
  return entryKey === null ? item : `${item}#${entryKey}`
}

/** Keys of the entries in a step's path, the last first: who works on whose work. */
export function entryKeys(path: string): string[] {
  return path
    .split('/')
    .flatMap((segment) => segment.split('#').slice(1))
    .reverse()
}

function shortened(path: string): string {
  if (path.length <= MAX_PATH_CHARACTERS) return path
  return `~${hashOf(path, 1)}${hashOf(path, 2)}`
}

/** 53 bits of a string (cyrb53); two of them with different seeds make collisions of paths a non-event. */
export function hashOf(text: string, seed: number): string {
  let a = 0xdeadbeef ^ seed
  let b = 0x41c6ce57 ^ seed
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36).padStart(11, '0')
}
