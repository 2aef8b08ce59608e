import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { lookup } from 'node:dns'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PUBLIC_RULES, createHttpDoor } from '#gateway'
import { failureOf, grantsSchema, type NodeManifest } from '#graph'
import type { HttpDoor, Json, SandboxResult } from '#run/interfaces.ts'
import { createSandbox, pluginScript, type NodeSandbox } from '../index.ts'
import { hostilePlugins, scriptOf, type HostilePlugin } from '../testing/hostile-plugins.ts'
import { hostWith, replyOf, type TestHost } from '../testing/harness.ts'

/** What counts as the outside: an address of this machine on which nothing else listens. */
const OUTSIDE = '127.0.0.2'
const SECRET = 'the secret of somebody else'
const MESSAGES = 100
const LOG_LENGTH = 64 * 1024
const plugins = await hostilePlugins()

const CALM = `export default async (input, host) => {
  const words = 'a calm piece of text about calendars '.repeat(200).split(' ')
  const counted = words.reduce((count, word) => ({ ...count, [word]: (count[word] ?? 0) + 1 }), {})
  const reply = await host.model.generate({ prompt: input.topic, purpose: 'Ask' })
  return { counted: Object.keys(counted).length, said: reply.text }
}`

let cacheDir: string
let sandbox: NodeSandbox
let door: HttpDoor
let outside: Server
let inside: Server
let insideHeard = 0

const portOf = (server: Server) => (server.address() as AddressInfo).port

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'pressroom-hostile-'))
  inside = createServer((_request, response) => {
    insideHeard += 1
    response.end(SECRET)
  })
  await once(inside.listen(0, '127.0.0.1'), 'listening')
  outside = createServer((request, response) => {
    const target =
      request.url === '/inside' ? `http://127.0.0.1:${portOf(inside)}/` : 'http://elsewhere.test/'
    response.writeHead(302, { location: target }).end()
  })
  await once(outside.listen(0, OUTSIDE), 'listening')
  const reach = (address: string) => address === OUTSIDE || PUBLIC_RULES.mayReach(address)
  door = createHttpDoor({ ...PUBLIC_RULES, mayReach: reach, timeoutMs: 2_000 }, resolver())
  const limits = {
    sliceMs: 300,
    graceMs: 500,
    wallMs: 4_000,
    hardProcessMegabytes: 400,
    messages: MESSAGES,
    logLength: LOG_LENGTH,
  }
  sandbox = await createSandbox({ cacheDir, plugins: [], limits })
  await sandbox.addPlugin('calm', await pluginScript('calm.js', CALM))
})
afterAll(async () => {
  await sandbox.close()
  await door.close()
  inside.close()
  outside.close()
  await rm(cacheDir, { recursive: true, force: true })
})

/** Names that lie: one of this machine, one that changes its mind, and all others outside. */
function resolver(): typeof lookup {
  let asked = 0
  const find = (name: string) => {
    if (name === 'inside.test') return '127.0.0.1'
    if (name === 'rebinding.test') return asked++ === 0 ? '127.0.0.1' : OUTSIDE
    return OUTSIDE
  }
  return ((name: string, _options: object, done: (...given: unknown[]) => void) =>
    done(null, [{ address: find(name), family: 4 }])) as unknown as typeof lookup
}

const manifests = new Map<string, NodeManifest>()

/** The plugin's code as the sandbox first sees it; what is wrong with it is a failure like any other. */
async function take(plugin: HostilePlugin): Promise<SandboxResult | null> {
  try {
    const [manifest] = await sandbox.addPlugin(plugin.name, await scriptOf(plugin))
    if (manifest) manifests.set(plugin.name, manifest)
    return null
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

let steps = 0
function step(
  plugin: string,
  organisationId: string,
  runId: string,
  input: Json,
  host: TestHost,
  grants: Json,
) {
  const id = `step-${++steps}`
  return sandbox.run(
    {
      organisationId,
      runId,
      plugin,
      node: 'body@1',
      step: { id, nodeId: 'node', path: id },
      seed: 1,
      runInput: null,
      config: {},
      inputs: { input },
      gathered: {},
      entry: null,
      agents: {},
      contentType: null,
      grants: grantsSchema.parse(grants),
    },
    host,
    new AbortController().signal,
  )
}

const calm = (run = 'calm') =>
  step('calm', 'calm', run, { topic: 'Spring' }, hostWith(), { model: true }).then((result) => {
    if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
    return result
  })

function hostile(plugin: HostilePlugin, more: { organisation?: string; run?: string; role?: string } = {}) {
  const host = hostWith(async () => replyOf('A reply.'))
  host.request = (call, hosts) =>
    door.request({ ...call, hosts }).then(
      (reply) => ({ ok: true as const, reply }),
      (error: unknown) => ({ ok: false as const, failure: failureOf(error) }),
    )
  const ports = { port: portOf(inside), outside: portOf(outside) }
  const input = { role: more.role ?? 'look', secret: SECRET, ...ports }
  const { organisation = 'hostile', run = plugin.name } = more
  const result = step(plugin.name, organisation, run, input, host, plugin.grants(ports.outside))
  return { host, result }
}

/** What came of it, in the shape that what must happen has. */
const outcome = ({ must }: HostilePlugin, result: SandboxResult) => {
  if ('settles' in must) return { settles: typeof result.ok === 'boolean' }
  if ('returns' in must) return { returns: result.ok ? result.outputs[0]?.value : result.failure }
  return { fails: result.ok ? JSON.stringify(result.outputs) : result.failure.code }
}

const expected = ({ must }: HostilePlugin) =>
  'fails' in must ? { fails: expect.stringMatching(must.fails) as string } : must

/** Whose run comes first, where a group looks for traces of it. */
const EARLIER: Record<string, { organisation?: string; run?: string } | undefined> = {
  tenants: { organisation: 'victim' },
  leftovers: { run: 'earlier' },
}

test('there are at least sixty hostile plugins', () => {
  expect(plugins.length).toBeGreaterThanOrEqual(60)
})

describe.each([...new Set(plugins.map(({ group }) => group))])('%s', (group) => {
  test.each(
    plugins.filter((plugin) => plugin.group === group).map((plugin) => [plugin.name, plugin] as const),
  )('%s is contained, and another organisation goes on working', async (_name, plugin) => {
    const refused = await take(plugin)
    // What looks for traces runs after what leaves some: in another organisation's run, or in an earlier run of its own.
    const before = EARLIER[group]
    if (before && !refused) await hostile(plugin, { ...before, role: 'leave' }).result
    const { host, result } = refused ? { host: hostWith(), result: refused } : hostile(plugin)
    expect(outcome(plugin, await result)).toEqual(expected(plugin))
    expect(host.logs.length + host.progressed.length).toBeLessThanOrEqual(MESSAGES)
    expect(JSON.stringify(host.logs).length).toBeLessThan(2 * LOG_LENGTH)
    expect(insideHeard).toBe(0)
    await calm()
    sandbox.removePlugin(plugin.name)
  })
})

test('a flood of log lines ends with a line that says so', async () => {
  const plugin = plugins.find(({ name }) => name === 'floods/logs')
  if (!plugin) throw new Error('no flood')
  await take(plugin)
  const { host, result } = hostile(plugin)
  await result
  expect(host.logs).toHaveLength(MESSAGES)
  expect(host.logs.at(-1)?.facts).toEqual({ truncated: true })
})
