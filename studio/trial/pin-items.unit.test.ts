import { describe, expect, it } from 'vitest'
import { PORT_TYPES, exampleDraft } from '#graph'
import { faultsOf, freshItem, textIn, withText } from './pin-items.ts'

const catalog = {
  contentTypes: [],
  agents: [],
  models: [
    {
      id: 'writer-sample',
      agent: null,
      provider: 'sample',
      model: 's',
      label: 'S',
      local: true,
      isDefault: true,
      temperature: 0,
      maxOutputTokens: 9,
    },
  ],
}

describe('a further item', () => {
  it.each(PORT_TYPES)('of type %s is one that its output carries', (type) => {
    expect(faultsOf(type, freshItem(type, [], catalog, 'own').value)).toEqual([])
  })

  it('is like the last one; a draft has an id of its own', () => {
    const there = [{ label: 'One', value: JSON.parse(JSON.stringify(exampleDraft())), path: 'a.out' }]
    const item = freshItem('draft', there, catalog, 'own')
    expect(item.value).toEqual({ ...there[0]?.value, id: 'own' })
    expect(item.path).toBeUndefined()
  })
})

describe('the text of an item', () => {
  it('is the text itself, or that of a draft together with its last revision', () => {
    expect(withText('old', 'new')).toBe('new')
    const draft = exampleDraft()
    const changed = withText(draft, 'new') as ReturnType<typeof exampleDraft>
    expect(textIn(changed)).toBe('new')
    expect(changed.revisions.at(-1)).toEqual({ ...draft.revisions.at(-1), text: 'new' })
    expect(faultsOf('draft', changed)).toEqual([])
  })

  it('is nothing for what has none', () => {
    expect(textIn({ score: 1 })).toBeNull()
    expect(textIn([1])).toBeNull()
  })
})

it('a fault names its place within the item', () => {
  const draft = { ...exampleDraft(), revisions: [{ number: 'one' }] }
  expect(faultsOf('draft', draft).map(({ path }) => path)).toContain('revisions.0.number')
})
