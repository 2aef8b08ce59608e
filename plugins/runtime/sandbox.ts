import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PressroomError, type NodeManifest } from '#graph'
import type { Sandbox, SandboxStep } from '#run/interfaces.ts'
import { BASE_PLUGIN, CORE_PLUGIN, loadBundle, readManifests, type PluginBundle } from './bundle.ts'
import { unknownNode } from './failures.ts'
import { DEFAULT_LIMITS, type SandboxLimits, type SandboxOptions, type SandboxStats } from './options.ts'
import { Pool } from './pool.ts'
import { type PluginNode, RunningStep } from './running-step.ts'
import { MAIN, SandboxProcess, type ProcessOptions } from './sandbox-process.ts'
import { findWalls } from './walls.ts'

export type NodeSandbox = Sandbox & {
  /** What its processes hold right now. */
  stats(): Promise<SandboxStats>
  /**
   * Takes in a plugin of one file (`pluginScript`); one of the same id is replaced. Its nodes are told apart from those
   * of others by their plugin (`SandboxStep.plugin`), so names may be equal. Rejects with what is wrong with its code.
   */
  addPlugin(id: string, script: string): Promise<NodeManifest[]>
  removePlugin(id: string): void
}

/**
 * Starts the sandbox: bundles the plugins (or takes the bundles of an earlier start) and starts its processes in the
 * background. Rejects with `plugin.invalid` when a plugin can't be bundled or its nodes don't describe themselves.
 */
export async function createSandbox(options: SandboxOptions): Promise<NodeSandbox> {
  const limits: SandboxLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const directory = join(options.cacheDir, 'empty')
  const [confinement] = await Promise.all([
    findWalls([MAIN, process.execPath]),
    mkdir(directory, { recursive: true }),
  ])
  const bundles: PluginBundle[] = []
  for (const plugin of options.plugins ?? [CORE_PLUGIN]) {
    bundles.push(
      await loadBundle(plugin, options.cacheDir, (code) =>
        describe(plugin.id, code, { limits, directory, confinement }),
      ),
    )
  }
  const nodes = nodesOf(bundles)
  const manifests = bundles.flatMap((bundle) => bundle.manifests)
  const pool = new Pool({
    size: options.processes ?? 2,
    maximum: options.maxProcesses ?? (options.processes ?? 2) + 4,
    recycleAfterRuns: options.recycleAfterRuns ?? 2_000,
    process: { limits, directory, confinement },
    cacheDir: options.cacheDir,
    bundles,
  })

  const added = new Map<string, Map<string, PluginNode>>()
  let base: Promise<void> | undefined
  const withBase = async () => {
    await pool.addBase(
      await loadBundle(BASE_PLUGIN, options.cacheDir, (code) =>
        describe(BASE_PLUGIN.id, code, { limits, directory, confinement }),
      ),
    )
  }
  const nodeOf = ({ node, plugin }: SandboxStep) => {
    if (plugin === undefined) return nodes.get(node)
    return added.get(plugin)?.get(node)
  }

  return {
    manifests: () => manifests,
    async addPlugin(id, script) {
      base ??= withBase()
      await base.catch((error: unknown) => {
        base = undefined
        throw error
      })
      pool.addScript(id, script)
      try {
        const own = readManifests(id, await pool.manifests(id))
        const named = own.map((manifest, place) => {
          const node: PluginNode = { plugin: id, place, manifest }
          return [`${manifest.type}@${manifest.version}`, node] as const
        })
        added.set(id, new Map(named))
        return own
      } catch (error) {
        pool.removeScript(id)
        throw error
      }
    },
    removePlugin(id) {
      added.delete(id)
      pool.removeScript(id)
    },
    async run(given, host, signal) {
      const node = nodeOf(given)
      if (!node) return { ok: false, failure: unknownNode(given.node) }
      const step = new RunningStep(given, node, host, signal, limits)
      if (!step.settled) pool.run(step)
      return step.result
    },
    forget: (organisationId, runId) => pool.forget(organisationId, runId),
    stats: () => pool.stats(),
    close: () => pool.close(),
  }
}

/** Asks a plugin what its nodes are, in a process that does nothing else. */
async function describe(plugin: string, code: string, options: ProcessOptions): Promise<unknown> {
  const process = new SandboxProcess(options)
  const watch = setInterval(() => process.watch(performance.now()), 100)
  try {
    await process.loadPlugin(plugin, code, null)
    return await process.manifests(plugin)
  } catch (error) {
    if (error instanceof PressroomError) throw error
    throw new PressroomError(
      {
        code: 'plugin.invalid',
        message: `Plugin "${plugin}" could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
        fix: 'Correct the code that runs when the plugin is loaded.',
        facts: { plugin },
      },
      error,
    )
  } finally {
    clearInterval(watch)
    await process.close()
  }
}

function nodesOf(bundles: PluginBundle[]): Map<string, PluginNode> {
  const nodes = new Map<string, PluginNode>()
  for (const { id, manifests } of bundles) {
    for (const [place, manifest] of manifests.entries()) {
      const name = `${manifest.type}@${manifest.version}`
      const other = nodes.get(name)
      if (other) {
        throw new PressroomError({
          code: 'plugin.invalid',
          message: `Two nodes are called "${name}": in "${other.plugin}" and in "${id}".`,
          fix: 'Give one of them another type or version.',
          facts: { node: name },
        })
      }
      nodes.set(name, { plugin: id, place, manifest })
    }
  }
  return nodes
}
