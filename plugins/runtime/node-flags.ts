import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RUNTIME_FOLDER = fileURLToPath(new URL('./', import.meta.url))
const PACKAGE_FILE = fileURLToPath(new URL('../../package.json', import.meta.url))
/** The addon's loader looks for it to tell C libraries apart. */
const ALPINE_MARK = '/etc/alpine-release'
/** What the kernel says of the process's own memory. */
const OWN_FIGURES = '/proc/self/status'

/** Node's own permission model as a further wall: no child processes, no workers, no files but the runtime's. */
export function nodeFlags(): string[] {
  const require = createRequire(import.meta.url)
  const addon = dirname(require.resolve('isolated-vm/package.json'))
  const loader = dirname(createRequire(join(addon, 'package.json')).resolve('node-gyp-build/package.json'))
  return [
    '--no-node-snapshot',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
    '--max-old-space-size=96',
    // An isolate is given up before it would collect anything (see `WORN`): contexts are most of its garbage.
    '--initial-heap-size=64',
    '--permission',
    '--allow-addons',
    ...[`${RUNTIME_FOLDER}*`, PACKAGE_FILE, `${addon}/*`, `${loader}/*`, ALPINE_MARK, OWN_FIGURES].map(
      (path) => `--allow-fs-read=${path}`,
    ),
  ]
}
