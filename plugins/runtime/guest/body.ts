import { defineNode, z, type Host, type NodeDefinition } from '#sdk'

type Body = (input: unknown, host: Host) => unknown

/** A plain function as a node: what arrives is its input, what it returns is put out. */
const bodyNode = (body: Body): NodeDefinition =>
  defineNode({
    type: 'body',
    version: 1,
    title: 'Code',
    summary: 'A plain function.',
    category: 'flow',
    icon: 'code-slash-outline',
    mode: 'each',
    config: z.object({}),
    inputs: { input: { type: 'any', title: 'Input' } },
    outputs: { output: { type: 'json', title: 'Output' } },
    uses: ['model', 'http', 'log', 'progress'],
    examples: [],
    async run({ inputs, host }) {
      const value = (await body(inputs.input, host)) ?? null
      return { output: [{ label: 'Output', value: value as string }] }
    },
  })

/** What a plugin's script gave: a node as `defineNode` makes it, or a function. */
export function nodeIn(made: unknown): NodeDefinition {
  if (typeof made === 'function') return bodyNode(made as Body)
  if (typeof made === 'object' && made !== null && 'run' in made && 'config' in made)
    return made as NodeDefinition
  throw new TypeError('its default export is neither what defineNode gives nor a function')
}
