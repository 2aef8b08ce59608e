import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const ROOT = join(import.meta.dirname, '..', '..')
const ARGS = ['--no-node-snapshot', '--disable-warning=ExperimentalWarning', join('engine', 'main.ts')]

/** A data folder of its own, gone at the end of the test. */
export async function dataFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'pressroom-e2e-'))
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) }
}

function environment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR, ...extra }
}

/** What servers that nobody has set up yet print on their console, by their address. */
export const setupCodes = new Map<string, string>()

export interface Server {
  url: string
  pid: number
  output(): string
  /** SIGTERM, and waits. Resolves with the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL, and waits. */
  kill(): Promise<void>
}

/** `npm start` without npm: resolves once the server says that it is ready. */
export async function startServer(dataDir: string, extra: Record<string, string> = {}): Promise<Server> {
  const child = spawn(process.execPath, [...ARGS, 'start'], {
    cwd: ROOT,
    env: environment({ DATA_DIR: dataDir, PORT: '0', ...extra }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  const ready = new Promise<string>((resolve, reject) => {
    let code: string | null = null
    createInterface({ input: child.stderr }).on('line', (line) => {
      output += `${line}\n`
      const address = /Pressroom is ready: (\S+)/.exec(line)?.[1]
      code = /enter this code: (\S+)/.exec(line)?.[1] ?? code
      if (address && code) setupCodes.set(address, code)
      if (address) resolve(address)
    })
    void ended.then((code) => reject(new Error(`the server ended with ${code}:\n${output}`)))
  })
  const url = await ready
  const signal = async (name: NodeJS.Signals) => {
    if (child.exitCode === null) child.kill(name)
    return ended
  }
  return {
    url,
    pid: pidOf(child),
    output: () => output,
    stop: () => signal('SIGTERM'),
    kill: async () => void (await signal('SIGKILL')),
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process did not start')
  return child.pid
}

export interface CommandResult {
  code: number | null
  stdout: string
  stderr: string
}

/** The command line, run to its end. `onStderr` sees each line of progress as it is said; `input` goes to stdin. */
export async function pressroom(
  args: string[],
  dataDir: string,
  extra: Record<string, string> = {},
  onStderr: (line: string, child: ChildProcess) => void = () => {},
  input?: string,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [...ARGS, ...args], {
    cwd: ROOT,
    env: environment({ DATA_DIR: dataDir, ...extra }),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => {})
  child.stdin.end(input ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  createInterface({ input: child.stderr }).on('line', (line) => {
    stderr += `${line}\n`
    onStderr(line, child)
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stdout, stderr }
}
