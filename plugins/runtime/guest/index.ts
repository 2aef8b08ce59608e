/**
 * The inside of a context: holds the plugin's nodes and runs their steps. It has no way to call the host; the host
 * calls `deliver` and then `collect`, both with plain texts, and lets microtasks run dry in between. All that happens
 * in one such slice belongs to the step that it was delivered to.
 */
import { parse, seal, setRandom, stringify } from './harden.ts'
import './zod.ts'
import {
  isTemplate,
  waitIn,
  type Capability,
  type NodeDefinition,
  type ResolvedAgent,
  type StepContext,
} from '#sdk'
import { factsOf } from '../../sdk/facts.ts'
import { nodeIn } from './body.ts'
import { StepFault, failMessage } from './failures.ts'
import { StepHost, issueText, type GuestLimits } from './host.ts'
import { checkLength, post, postText, takeOutbox } from './outbox.ts'
import { outputsText } from './outputs.ts'
import { randomFrom } from './random.ts'

interface StepText {
  node: string
  /** Its place in the list that the manifests are in. */
  place: number
  runId: string
  step: StepContext<unknown, never>['step']
  seed: number
  runInput: unknown
  config: unknown
  inputs: Record<string, unknown>
  gathered: Record<string, unknown[]>
  entry: ResolvedAgent | null
  agents: Record<string, ResolvedAgent[]>
  contentType: StepContext<unknown, never>['contentType']
  resumed?: StepContext<unknown, never>['resumed']
  /** What the step may use: declared by its node and granted. */
  uses: Capability[]
  rework?: StepContext<unknown, never>['rework']
  limits: GuestLimits
}

interface Registered {
  definition: NodeDefinition
}

/** Runs a node's module when it is first needed in a context: few of a plugin's nodes are in any one run. */
export type NodeModule = () => Promise<{ default: NodeDefinition }>

interface LiveStep {
  host: StepHost
  mathRandom: () => number
}

/** What the host holds of a context. `collect` tells how many steps are still open, then their messages. */
export interface Guest {
  /** Called once in each new context, before anything else. */
  seal(): void
  manifests(): Promise<string>
  /** Takes in what a plugin's script gave: a function of the SDK that leads to its node. */
  define(make: (sdk: object) => unknown): void
  deliver(op: 'run' | 'reply' | 'drop', step: number, text: string): void
  collect(): string
}

export function install(modules: NodeModule[], sdk: object = {}): Guest {
  const nodes = new Map<string, Registered>()
  const steps = new Map<number, LiveStep>()
  let current: LiveStep | null = null

  const registered = async ({ node, place }: StepText): Promise<Registered> => {
    const known = nodes.get(node)
    if (known) return known
    const definition = (await modules[place]?.())?.default
    if (definition === undefined || `${definition.type}@${definition.version}` !== node)
      throw new StepFault('node.unknown', `The plugin has no node "${node}".`, { node })
    const made = { definition }
    nodes.set(node, made)
    return made
  }

  const console = (...parts: unknown[]) => current?.host.console(parts)
  Object.defineProperty(globalThis, 'console', {
    value: { log: console, info: console, warn: console, error: console, debug: console },
    writable: true,
    configurable: true,
  })

  async function run(key: number, text: string): Promise<void> {
    try {
      const given = parse(text) as StepText
      const node = await registered(given)
      const place = `${given.seed}:${given.step.nodeId}:${given.step.path}`
      const host = new StepHost(key, given.uses, given.limits, randomFrom(`host:${place}`))
      const live = { host, mathRandom: randomFrom(`math:${place}`) }
      steps.set(key, live)
      enter(live)
      const config = await readConfig(node, given)
      const returned: unknown = await node.definition.run(contextOf(given, config, host))
      const label = given.entry?.agent.name ?? node.definition.title
      const limit = given.limits.outputLength
      const result =
        waitIn(returned) !== null
          ? `"wait","wait":${(await import('./waits.ts')).waitText(node.definition, returned)}`
          : `"done","outputs":${outputsText(node.definition, config, returned, label, limit)}`
      if (!steps.delete(key)) return
      postText(checkLength(`{"step":${key},"kind":${result}}`, limit, 'The output'))
    } catch (error) {
      steps.delete(key)
      post({ kind: 'fail', step: key, ...failMessage(error) })
    }
  }

  function enter(live: LiveStep | null): void {
    current = live
    if (live) setRandom(live.mathRandom)
  }

  return {
    seal,
    async manifests() {
      const all: object[] = []
      for (const load of modules) all.push(factsOf((await load()).default))
      return stringify(all)
    },
    define(make) {
      const definition = nodeIn(make(sdk))
      modules.push(() => Promise.resolve({ default: definition }))
    },
    deliver(op, key, text) {
      if (op === 'run') void run(key, text)
      else if (op === 'drop') steps.delete(key)
      else {
        const live = steps.get(key)
        if (!live) return
        enter(live)
        live.host.deliver(text)
      }
    },
    collect: () => `${steps.size}\n[${takeOutbox()}]`,
  }
}

async function readConfig({ definition }: Registered, given: StepText): Promise<unknown> {
  const arrived = Object.values(given.inputs)
  const item = definition.mode === 'each' ? (arrived[0] ?? null) : null
  const variables = {
    input: item,
    item,
    inputs: given.inputs,
    gathered: given.gathered,
    run: { id: given.runId, input: given.runInput },
  }
  const filled = isTemplate(stringify(given.config) ?? '')
    ? (await import('./templates.ts')).renderTemplates(definition, given.config, variables)
    : given.config
  const config = definition.config.safeParse(filled)
  if (config.success) return config.data
  const issues = config.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  throw new StepFault('config.invalid', `The configuration does not fit: ${issueText(issues)}`, { issues })
}

function contextOf(
  given: StepText,
  config: unknown,
  host: StepHost,
): StepContext<unknown, Record<string, never>> {
  return {
    step: given.step,
    run: { id: given.runId, seed: given.seed, input: given.runInput },
    config,
    inputs: given.inputs as Record<string, never>,
    gathered: given.gathered as Record<string, never[]>,
    entry: given.entry,
    agents: given.agents,
    contentType: given.contentType,
    resumed: given.resumed ?? null,
    rework: given.rework ?? null,
    host: host.face(),
  }
}
