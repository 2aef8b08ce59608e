/**
 * Takes away all that the code does to keep organisations apart: whichever organisation it asks the database for, the
 * database is told this one. What still holds then is row-level security alone.
 */
import pg from 'pg'
import { vi } from 'vitest'

const SET = /(SET LOCAL app\.org_id = )'[^']*'/

/** Until `restore`; `told` counts how often the setting was changed. */
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
    const literal = text.replace(SET, `$1${pg.escapeLiteral(organisationId)}`)
    const changed = values?.map(() => organisationId)
    if (!changed && !SET.test(text)) throw new Error(`unknown way to set an organisation: ${text}`)
    told += 1
    if (typeof first !== 'string') Object.assign(first as object, { text: literal, values: changed })
    return typeof first === 'string'
      ? query.apply(this, [literal, ...(changed ? [changed, ...rest.slice(1)] : rest)])
      : query.apply(this, of)
  })
  return { told: () => told, restore: () => spy.mockRestore() }
}

function asQuery(first: unknown, second: unknown): { text: string; values: unknown[] | undefined } {
  if (typeof first === 'string') return { text: first, values: Array.isArray(second) ? second : undefined }
  const { text = '', values } = first as { text?: string; values?: unknown[] }
  return { text, values: values ?? (Array.isArray(second) ? second : undefined) }
}
