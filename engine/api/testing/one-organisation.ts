/**
 * Takes away all that the code does to keep organisations apart: whichever organisation it asks the database for, the
 * database is told this one. What still holds then is row-level security alone.
 */
import pg from 'pg'
import { vi } from 'vitest'

type Query = pg.Client['query']

/** Until `mockRestore`; `told` counts how often the setting was changed. */
export function alwaysAs(organisationId: string): { told: () => number; restore: () => void } {
  const query = pg.Client.prototype.query as (...of: unknown[]) => unknown
  let told = 0
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...of: unknown[]
  ) {
    const [first, ...rest] = of
    const { text, values } = asQuery(first, rest[0])
    if (!/app\.org_id/.test(text) || /current_setting/.test(text)) return query.apply(this, of)
    told += 1
    const literal = text.replace(/(SET LOCAL app\.org_id = )'[^']*'/, `$1${pg.escapeLiteral(organisationId)}`)
    const changed = values && values.map(() => organisationId)
    if (literal === text && !changed) throw new Error(`unknown way to set an organisation: ${text}`)
    if (typeof first === 'string')
      return query.apply(this, [literal, ...(changed ? [changed, ...rest.slice(1)] : rest)])
    return query.apply(this, [Object.assign(first as object, { text: literal, values: changed }), ...rest])
  } as Query)
  return { told: () => told, restore: () => spy.mockRestore() }
}

function asQuery(first: unknown, second: unknown): { text: string; values: unknown[] | undefined } {
  if (typeof first === 'string') return { text: first, values: Array.isArray(second) ? second : undefined }
  const { text = '', values } = first as { text?: string; values?: unknown[] }
  return { text, values: values ?? (Array.isArray(second) ? second : undefined) }
}
