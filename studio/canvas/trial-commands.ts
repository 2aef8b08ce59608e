import { type PortRef, manifestFor } from '#graph'
import type { CommandContext } from './command-context.ts'
import type { Command } from './commands.ts'

export function trialCommands(context: CommandContext): Command[] {
  const { draft, editing } = context
  const nodes = () => editing.chosen().nodes
  const one = () => nodes().length === 1 && editing.chosen().subflows.length === 0

  /** The output that a selection means: the one that a connection starts at, or the only one of a node. */
  function port(): PortRef | null {
    const { nodes: steps, edges } = editing.chosen()
    if (steps.length === 0 && edges.length === 1) {
      return draft.flow.value.edges.find(({ id }) => id === edges[0])?.source ?? null
    }
    const node = steps.length === 1 && edges.length === 0 ? editing.nodeOf(steps[0] ?? '') : undefined
    const outputs = Object.keys((node && manifestFor(node, editing.known.value))?.outputs ?? {})
    return node && outputs.length === 1 && outputs[0] ? { node: node.id, port: outputs[0] } : null
  }

  const runs = () => {
    const node = one() ? editing.nodeOf(nodes()[0] ?? '') : undefined
    return node !== undefined && !node.disabled
  }
  function run(and: 'alone' | 'following') {
    const [node] = nodes()
    if (node) draft.wish.value = { kind: 'run', scope: { node, and } }
  }

  const tries = { section: 'Try', edits: true } as const
  return [
    {
      ...tries,
      id: 'run-flow',
      name: 'Try the whole flow',
      run: () => (draft.wish.value = { kind: 'run', scope: 'flow' }),
    },
    {
      ...tries,
      id: 'run-node',
      name: 'Run only this node',
      keys: ['r'],
      menu: true,
      enabled: runs,
      run: () => run('alone'),
    },
    {
      ...tries,
      id: 'run-from',
      name: 'Run from this node on',
      keys: ['Shift+R'],
      menu: true,
      enabled: runs,
      run: () => run('following'),
    },
    {
      ...tries,
      id: 'pin',
      name: 'Sample data of this output',
      keys: ['p'],
      menu: true,
      enabled: () => port() !== null,
      run() {
        const at = port()
        if (at) draft.wish.value = { kind: 'pin', ...at }
      },
    },
  ]
}
