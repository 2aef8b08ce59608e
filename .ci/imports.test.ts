import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import type { IConfiguration, ICruiseResult } from 'dependency-cruiser'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const config: IConfiguration = createRequire(import.meta.url)('../.dependency-cruiser.cjs')

const FOLDERS = ['engine', 'plugins', 'nodes', 'studio', 'templates']
const SOUND: Record<string, string> = {
  'package.json': JSON.stringify({
    type: 'module',
    imports: { '#sdk': './plugins/sdk/index.ts', '#executor': './engine/run/executor.ts' },
  }),
  'plugins/sdk/index.ts': `export const sdk = 1`,
  'plugins/runtime/index.ts': `import { spawn } from 'node:child_process'\nexport const runtime = spawn`,
  'nodes/writer.ts': `import { sdk } from '#sdk'\nexport const writer = sdk`,
  'templates/swarm/flow.ts': `export const flow = {}`,
  'engine/main.ts': `import { api } from './api/index.ts'\nimport { store } from './store/index.ts'\nexport const main = [api, store]`,
  'engine/graph/index.ts': `import { sdk } from '#sdk'\nexport const graph = sdk`,
  'engine/run/interfaces.ts': `import { graph } from '../graph/index.ts'\nexport const interfaces = graph`,
  'engine/run/executor.ts': `export const executor = 1`,
  'engine/queue/index.ts': `import { connect } from 'node:net'\nimport { interfaces } from '../run/interfaces.ts'\nexport const queue = [connect, interfaces]`,
  'engine/store/index.ts': `export const store = 1`,
  'engine/store/testing/database.ts': `export const database = 1`,
  'engine/queue/queue.test.ts': `import { database } from '../store/testing/database.ts'\nexport const used = database`,
  'engine/gateway/index.ts': `import { request } from 'node:https'\nexport const gateway = request`,
  'engine/api/index.ts': `import { gateway } from '../gateway/index.ts'\nexport const api = gateway\nexport type Api = typeof api`,
  'studio/app.ts': `import type { Api } from '../engine/api/index.ts'\nimport { graph } from '../engine/graph/index.ts'\nexport const app = (api: Api) => [api, graph]`,
}

let root: string

async function plant(files: Record<string, string>) {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
}

async function brokenRules(): Promise<string[]> {
  const result = await cruise(FOLDERS, {
    ...config.options,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
    baseDir: root,
  })
  const { summary } = result.output as ICruiseResult
  return summary.violations.map((violation) => `${violation.from}: ${violation.rule.name}`).toSorted()
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pressroom-imports-'))
  await plant(SOUND)
})
afterEach(() => rm(root, { recursive: true }))

describe('the import directions', () => {
  test('let through a tree that keeps to them', async () => {
    expect(await brokenRules()).toEqual([])
  })

  test.for([
    ['plugins/sdk/bad.ts', `import { readFile } from 'node:fs/promises'`, 'sdk-imports-zod-only'],
    ['plugins/sdk/bad.ts', `import { graph } from '../../engine/graph/index.ts'`, 'sdk-imports-zod-only'],
    ['nodes/bad.ts', `import { graph } from '../engine/graph/index.ts'`, 'nodes-import-the-sdk-only'],
    ['nodes/bad.ts', `import { createHash } from 'node:crypto'`, 'nodes-import-the-sdk-only'],
    ['engine/graph/bad.ts', `import path from 'node:path'`, 'graph-is-pure'],
    ['engine/graph/bad.ts', `import { interfaces } from '../run/interfaces.ts'`, 'graph-is-pure'],
    ['engine/run/bad.ts', `import { store } from '../store/index.ts'`, 'run-imports-graph-only'],
    [
      'engine/queue/bad.ts',
      `import { store } from '../store/index.ts'`,
      'engine-queue-stays-behind-the-interfaces',
    ],
    [
      'engine/store/bad.ts',
      `import { executor } from '../run/executor.ts'`,
      'engine-store-stays-behind-the-interfaces',
    ],
    [
      'engine/connectors/bad.ts',
      `import { gateway } from '../gateway/index.ts'`,
      'engine-connectors-stays-behind-the-interfaces',
    ],
    [
      'plugins/runtime/bad.ts',
      `import { store } from '../../engine/store/index.ts'`,
      'plugins-runtime-stays-behind-the-interfaces',
    ],
    ['engine/api/bad.ts', `import { store } from '../store/index.ts'`, 'api-imports-graph-run-gateway'],
    [
      'studio/bad.ts',
      `import { executor } from '../engine/run/executor.ts'`,
      'studio-imports-graph-and-api-types',
    ],
    [
      'engine/cli/bad.ts',
      `import { gateway } from '../gateway/index.ts'`,
      'cli-takes-only-types-of-the-gateway',
    ],
    ['engine/cli/bad.ts', `import { store } from '../store/index.ts'`, 'cli-imports-graph-and-interfaces'],
    ['studio/bad.ts', `import { api } from '../engine/api/index.ts'`, 'studio-takes-only-types-of-the-api'],
    ['templates/bad.ts', `import { api } from '../engine/api/index.ts'`, 'templates-are-data'],
    ['engine/run/bad.ts', `import { connect } from 'node:net'`, 'one-door-out'],
    ['plugins/runtime/bad.ts', `import https from 'https'`, 'one-door-out'],
    [
      'engine/queue/bad.ts',
      `import { database } from '../store/testing/database.ts'`,
      'no-test-code-in-the-product',
    ],
    ['engine/queue/bad.ts', `import { gone } from './gone.ts'`, 'everything-resolves'],
  ] as const)('report %s with %s as %s', async ([file, statement, rule]) => {
    await plant({ [file]: `${statement}\n` })
    expect(await brokenRules()).toContain(`${file}: ${rule}`)
  })

  test('report files that import each other', async () => {
    await plant({
      'engine/queue/left.ts': `import { right } from './right.ts'\nexport const left = () => right`,
      'engine/queue/right.ts': `import { left } from './left.ts'\nexport const right = () => left`,
    })
    expect(await brokenRules()).toEqual(['engine/queue/left.ts: no-cycles'])
  })

  test('see through an alias and a type-only import', async () => {
    await plant({
      'templates/bad.ts': `import type { executor } from '#executor'\nexport type Bad = typeof executor`,
    })
    expect(await brokenRules()).toEqual(['templates/bad.ts: templates-are-data'])
  })
})
