/** After `npm install` and `npm ci`: the database client and the studio's build. The server itself needs no build. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const { resolve } = createRequire(import.meta.url)

function run(packageName: string, bin: string, args: string[], environment: NodeJS.ProcessEnv = {}) {
  const script = join(dirname(resolve(`${packageName}/package.json`)), bin)
  const done = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment },
  })
  if (done.status !== 0) {
    process.stderr.write(`${packageName} ${args.join(' ')} failed; run it by hand to see more.\n`)
    process.exit(1)
  }
}

// Prisma looks for an engine binary, downloading one if need be, but generating a client never runs it: any will do.
run('prisma', 'build/index.js', ['generate'], {
  PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
})
if (existsSync(join(root, 'studio', 'index.html'))) run('vite', 'bin/vite.js', ['build', 'studio'])
