const ID = /\b(?:run_[0-9a-z]{16,}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/

/** A document with its ids numbered in order of appearance and its times blanked, so that two runs can be compared. */
export function withoutIdsAndTimes<T>(document: T): T {
  const ids = new Map<string, string>()
  return JSON.parse(JSON.stringify(document), (_key, value: unknown) => {
    if (typeof value !== 'string') return value
    if (TIME.test(value)) return 'time'
    return value.replace(ID, (id) => {
      if (!ids.has(id)) ids.set(id, `id${ids.size}`)
      return ids.get(id) ?? id
    })
  }) as T
}
