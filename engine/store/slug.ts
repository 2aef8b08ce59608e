const MAX_SLUG = 60

/** "Tea & Toast" → `tea-toast`; `otherwise` for a name that nothing of is left. */
export function slugOf(name: string, otherwise: string): string {
  const plain = name.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '')
  const slug = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '')
  return slug || otherwise
}

/** The first that is free of `tea`, `tea-2`, `tea-3`, … */
export function numbered(wanted: string, taken: ReadonlySet<string>): string {
  let slug = wanted
  for (let number = 2; taken.has(slug); number++) slug = `${wanted}-${number}`
  return slug
}
