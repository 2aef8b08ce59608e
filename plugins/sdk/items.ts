/** Small things that nodes do with items of any kind. */
import type { ResolvedAgent } from './node.ts'
import type { Author, Draft } from './values.ts'

const LABEL_LENGTH = 60

export const shortened = (text: string, length = LABEL_LENGTH): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`
}

/** A new list in an order that `random` (numbers in [0, 1)) decides. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const rest = [...items]
  const order: T[] = []
  while (rest.length > 0) order.push(...rest.splice(Math.floor(random() * rest.length), 1))
  return order
}

/** The value at a dotted path, through own properties and list positions only; `undefined` where there is none. */
export function valueAt(item: unknown, path: string): unknown {
  if (path === '') return item
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    return Reflect.get(value, key)
  }, item)
}

/** What people see of an item that nobody named: its own title, topic or first words. */
export function labelOf(item: unknown): string {
  if (typeof item === 'string') return shortened(item) || 'Empty text'
  const names = ['label', 'title', 'name', 'topic', 'brief.topic', 'evaluator.name', 'text'].map((path) =>
    valueAt(item, path),
  )
  const name = names.find((found) => typeof found === 'string' && found.trim() !== '')
  if (typeof name === 'string') return shortened(name)
  return Array.isArray(item) ? `List of ${item.length}` : shortened(JSON.stringify(item) ?? 'Item')
}

export const authorOf = ({ agent, model }: ResolvedAgent): Author => ({
  role: agent.role,
  slug: agent.slug,
  name: agent.name,
  model,
})

/** Who stands behind a draft: `Creative writer, Clarity editor`. */
export const bylineOf = ({ writer, editor }: Pick<Draft, 'writer' | 'editor'>): string =>
  editor === null ? writer.name : `${writer.name}, ${editor.name}`
