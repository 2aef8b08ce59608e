import { z } from 'zod'
import { NodeError } from './errors.ts'
import { valueAt } from './items.ts'

/** The list at a dotted path of an item, the item itself where the path is empty. One that is too long fails. */
export function entriesOf(
  item: unknown,
  { field, maxItems }: { field: string; maxItems: number },
): z.infer<ReturnType<typeof z.json>>[] {
  const where = field === '' ? 'The item' : `“${field}”`
  const list = z.array(z.json()).safeParse(valueAt(item, field))
  if (!list.success) {
    throw new NodeError({
      message: `${where} is no list.`,
      fix: 'Name a field of the item that holds a list.',
      facts: { field },
    })
  }
  if (list.data.length <= maxItems) return list.data
  throw new NodeError({
    message: `${where} has ${list.data.length} entries; ${maxItems} are allowed here.`,
    fix: 'Raise “At most”, or send a shorter list.',
    facts: { entries: list.data.length, maxItems },
  })
}
