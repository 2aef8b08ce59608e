import { describe, expect, it } from 'vitest'
import { type BriefMapping, mapInput, pathsIn } from './mapping.ts'

const mapping: BriefMapping = {
  topic: 'New: {{ product.name }}',
  audience: '{{audience}}',
  goal: 'Sell {{ product.stock }} of them',
  keyPoints: ['{{ product.points }}', 'Costs {{product.price.amount}}'],
  tone: 'casual',
}
const body = {
  product: { name: 'Tea', stock: 12, points: ['Fresh', 'Green'], price: { amount: 4.5 } },
  audience: 'Cooks',
}

describe('a mapping', () => {
  it('fills fields of what came in into the answers; a list becomes key points', () => {
    expect(mapInput(mapping, body)).toEqual({
      input: {
        brief: {
          topic: 'New: Tea',
          audience: 'Cooks',
          goal: 'Sell 12 of them',
          keyPoints: ['Fresh', 'Green', 'Costs 4.5'],
          tone: 'casual',
        },
      },
      failure: null,
      missing: [],
      answers: expect.anything(),
    })
  })

  it('names every path that led nowhere and every answer that is missing', () => {
    const { input, failure, missing } = mapInput(mapping, { product: body.product })
    expect([input, missing]).toEqual([null, ['audience']])
    expect(failure).toMatchObject({
      code: 'input.mapping',
      facts: { issues: [{ path: 'brief.audience' }], missing: ['audience'] },
    })
  })

  it('reads own properties only', () => {
    const { missing } = mapInput({ ...mapping, topic: '{{ constructor.name }} {{ product.length }}' }, body)
    expect(missing).toEqual(['constructor.name', 'product.length'])
  })

  it('fills in what comes in as it is, placeholders in it too', () => {
    const { input } = mapInput(
      { ...mapping, topic: '{{ audience }}' },
      { ...body, audience: '{{ product.name }}' },
    )
    expect(input?.brief?.topic).toBe('{{ product.name }}')
  })

  it('splits a text of several lines into key points', () => {
    const { input } = mapInput({ ...mapping, keyPoints: ['{{ lines }}'] }, { ...body, lines: 'One\r\n\nTwo' })
    expect(input?.brief?.keyPoints).toEqual(['One', 'Two'])
  })

  it('hands on what came in where the flow takes no brief', () => {
    expect(mapInput(null, body).input).toEqual({ value: body })
  })

  it('tells which paths it reads', () => {
    expect(pathsIn('{{a.b}} and {{ c }}')).toEqual(['a.b', 'c'])
  })
})
