import { computed, type Ref } from 'vue'
import { counted } from '../ui/format.ts'
import { type Command, available, keysOf } from './commands.ts'
import type { Editing } from './editing.ts'
import type { Notice } from './notice.ts'
import { type PickOption, nodeOption } from './picking.ts'
import { problemsByNode, titlesOf } from './names.ts'
import type { SubflowEditing } from './subflow-editing.ts'
import type { Loose } from './use-connecting.ts'
import type { Opened } from './command-context.ts'
import type { DraftSession } from './use-draft.ts'
import { type Wire, fitting, likelyPorts } from './wiring.ts'

type Point = { x: number; y: number }
export interface Pick {
  label: string
  placeholder: string
  none: string
  options: readonly PickOption[]
  at: Point | null
  pick(id: string): void
}

/** What the list that is open offers and does. */
export function usePicks(around: {
  draft: DraftSession
  editing: Editing
  subflows: SubflowEditing
  commands: readonly Command[]
  notice: Notice
  opened: Ref<Opened | null>
  loose: Ref<Loose | null>
  middle(): Point
  toFlow(at: Point): Point
}) {
  const { draft, editing, subflows, commands, notice, opened, loose } = around
  const titles = computed(() => titlesOf(draft.level.value.whole, draft.level.value.manifests))
  const selected = () => {
    const { nodes, subflows: inner } = editing.chosen()
    const ids = [...nodes, ...inner]
    return ids.length === 1 ? ids[0] : undefined
  }
  const manifestOf = (id: string) => {
    const node = editing.nodeOf(id)
    return node && editing.manifestOf(node)
  }

  /** Behind the selected node: what goes well with it comes first. */
  function adding(): Pick {
    const before = selected()
    const from = before ? manifestOf(before) : undefined
    const all = draft.manifests.value
    const rank = (manifest: (typeof all)[number]) => {
      const pair = from ? likelyPorts(from, manifest)[0] : undefined
      if (!from || !pair) return 2
      return from.outputs[pair.output]?.type === manifest.inputs[pair.input]?.type ? 0 : 1
    }
    const sorted = from ? all.toSorted((a, b) => rank(a) - rank(b)) : all
    const title = before ? titles.value.get(before) : undefined
    return {
      label: title ? `Add a node behind ${title}` : 'Add a node',
      placeholder: title ? `Add behind ${title} …` : 'Add a node …',
      none: 'No node is called that.',
      options: sorted.map(nodeOption),
      at: null,
      pick(id) {
        const manifest = editing.known.value[id]
        if (!manifest) return
        if (before) editing.addBehind(manifest, before)
        else {
          const made = editing.add(manifest, around.middle())
          if (made) draft.reveal([made])
        }
      },
    }
  }

  /** For the loose end of a connection that was dropped on empty canvas. */
  function finishing({ end, side, at }: Loose): Pick {
    const type = manifestOf(end.node)?.[side === 'source' ? 'outputs' : 'inputs'][end.port]?.type
    const nodes = type ? fitting(draft.manifests.value, type, side) : []
    return {
      label: 'Add a node that fits',
      placeholder: `Nodes that ${side === 'source' ? 'take' : 'give'} this ${type ?? ''} …`,
      none: 'No node that fits is called that.',
      options: nodes.map(nodeOption),
      at,
      pick(id) {
        const manifest = editing.known.value[id]
        const made = manifest && editing.addAtEnd(manifest, end, side, around.toFlow(at))
        if (made) draft.reveal([made])
      },
    }
  }

  function connecting(): Pick {
    const from = selected() ?? ''
    const wires: { wire: Wire; option: PickOption }[] = []
    const outputs = manifestOf(from)?.outputs ?? {}
    for (const { id: node } of draft.level.value.flow.nodes) {
      for (const [input, target] of Object.entries(manifestOf(node)?.inputs ?? {})) {
        for (const [output, source] of Object.entries(outputs)) {
          const wire = { source: { node: from, port: output }, target: { node, port: input } }
          if (!editing.legal(wire).ok) continue
          const option = {
            id: String(wires.length),
            name: `${titles.value.get(node)}: ${target.title}`,
            detail: `${source.title} (${source.type}) into ${target.title} (${target.type})`,
          }
          wires.push({ wire, option })
        }
      }
    }
    return {
      label: `Connect ${titles.value.get(from)} to`,
      placeholder: `Connect ${titles.value.get(from)} to …`,
      none: 'There is nothing that takes what this node puts out.',
      options: wires.map(({ option }) => option),
      at: null,
      pick(id) {
        const wire = wires[Number(id)]?.wire
        if (!wire) return
        notice.say(editing.wire(wire) ?? `Connected to ${titles.value.get(wire.target.node)}.`)
        draft.reveal([from])
      },
    }
  }

  /** Also of a connection that leads out of the open sub-flow. */
  function portNames(edge: string): string {
    const ends = draft.flow.value.edges.find(({ id }) => id === edge)
    if (!ends) return ''
    const { source, target } = ends
    const from = manifestOf(source.node)?.outputs[source.port]?.title ?? source.port
    return `${from} into ${manifestOf(target.node)?.inputs[target.port]?.title ?? target.port}`
  }

  function disconnecting(): Pick {
    const here = selected() ?? ''
    const edges = draft.level.value.whole.edges.filter(
      ({ source, target }) => source.node === here || target.node === here,
    )
    return {
      label: 'Remove a connection',
      placeholder: 'Remove the connection with …',
      none: 'There is no such connection.',
      options: edges.map(({ id, source, target }) => ({
        id,
        name:
          source.node === here
            ? `To ${titles.value.get(target.node)}`
            : `From ${titles.value.get(source.node)}`,
        detail: portNames(id),
      })),
      at: null,
      pick(id) {
        draft.select([id])
        editing.remove()
        notice.say('Connection removed.')
        draft.reveal([here])
      },
    }
  }

  function searching(): Pick {
    const problems = problemsByNode(draft.findings.value)
    const { nodes, notes, subflows: inner } = draft.flow.value
    const all = titlesOf(draft.flow.value, editing.known.value)
    const place = (subflow: string | undefined) =>
      subflow === undefined ? '' : `in ${subflows.titleOf(subflow)}`
    return {
      label: 'Find on the canvas',
      placeholder: 'Find a node or a note …',
      none: 'Nothing on this canvas says that.',
      options: [
        ...nodes.map((node) => {
          const manifest = editing.manifestOf(node)
          const faults = problems.get(node.id)?.length ?? 0
          return {
            id: node.id,
            name: all.get(node.id) ?? node.id,
            detail: [
              manifest?.title ?? node.type,
              place(node.subflow),
              faults > 0 ? counted(faults, 'problem') : '',
            ]
              .filter(Boolean)
              .join(', '),
            icon: manifest?.icon ?? 'cube',
            words: `${node.annotation ?? ''} ${JSON.stringify(node.config)}`,
          }
        }),
        ...inner.map(({ id, title, parent, annotation = '' }) => ({
          id,
          name: title || 'Sub-flow',
          detail: ['Sub-flow', place(parent)].filter(Boolean).join(', '),
          icon: 'albums',
          words: annotation,
        })),
        ...notes.map(({ id, text, subflow }) => ({
          id,
          name: text.slice(0, 80) || 'Empty note',
          detail: ['Note', place(subflow)].filter(Boolean).join(', '),
          icon: 'document-text',
          words: text,
        })),
      ],
      at: null,
      pick: (id) => draft.reveal([id]),
    }
  }

  function moving(): Pick {
    const targets = subflows.targets()
    return {
      label: 'Move to another level',
      placeholder: 'Move to …',
      none: 'No level is called that.',
      options: targets.map((id, index) => ({
        id: String(index),
        name: subflows.titleOf(id),
        detail: id === null ? 'The top level' : 'Sub-flow',
        icon: 'albums',
      })),
      at: null,
      pick(picked) {
        const target = targets[Number(picked)]
        if (target === undefined) return
        subflows.moveTo(target)
        notice.say(`Moved to ${subflows.titleOf(target)}.`)
      },
    }
  }

  function commanding(): Pick {
    const offered = commands.filter(
      (command) => command.id !== 'commands' && available(command, draft.readOnly.value),
    )
    return {
      label: 'All commands',
      placeholder: 'What do you want to do?',
      none: 'No command is called that.',
      options: offered.map((command) => ({
        id: command.id,
        name: command.name,
        keys: keysOf(command),
        words: command.section,
      })),
      at: null,
      pick: (id) => offered.find((command) => command.id === id)?.run(),
    }
  }

  return computed<Pick | null>(() => {
    if (loose.value) return finishing(loose.value)
    switch (opened.value) {
      case 'add':
        return adding()
      case 'connect':
        return connecting()
      case 'disconnect':
        return disconnecting()
      case 'level':
        return moving()
      case 'search':
        return searching()
      case 'commands':
        return commanding()
      default:
        return null
    }
  })
}
