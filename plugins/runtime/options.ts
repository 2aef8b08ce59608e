/** Limits of one step, one isolate and one process. Times in milliseconds. */
export interface SandboxLimits {
  /** One uninterrupted piece of a step's work, from the start or a host reply until it waits again. */
  sliceMs: number
  /** CPU time of all slices of a step together. */
  cpuMs: number
  /** A step from beginning to end, waiting for the host included. */
  wallMs: number
  /** How long a process may stay silent beyond `sliceMs` before it is killed. */
  graceMs: number
  /** How long a new process may take until it is ready. */
  startMs: number
  /** Heap and array buffers of one isolate. */
  isolateMegabytes: number
  /** How long an isolate is kept in which nothing runs. A spare one stands ready for whoever comes next. */
  idleMs: number
  /** A process that grows beyond this is replaced as soon as its steps are through. */
  softProcessMegabytes: number
  /** A process that grows beyond this is killed. */
  hardProcessMegabytes: number
  /** All that goes into one step, and one host reply. In UTF-16 units of JSON text. */
  inputLength: number
  /** All that one step puts out in one slice: outputs, requests, log. In UTF-16 units of JSON text. */
  outputLength: number
  /** Log lines and progress messages of one step. */
  messages: number
  /** Log lines of one step together. In UTF-16 units of JSON text. */
  logLength: number
  /** Requests to the host of one step that may be open at a time. */
  openCalls: number
  /** Whether each step is told what it took (`spent`); costs a little time. */
  measure: boolean
}

export const DEFAULT_LIMITS: SandboxLimits = {
  sliceMs: 2_000,
  cpuMs: 10_000,
  wallMs: 60 * 60_000,
  graceMs: 2_000,
  startMs: 20_000,
  isolateMegabytes: 128,
  idleMs: 30_000,
  softProcessMegabytes: 640,
  hardProcessMegabytes: 1_024,
  inputLength: 8 * 1024 * 1024,
  outputLength: 4 * 1024 * 1024,
  messages: 500,
  logLength: 256 * 1024,
  openCalls: 64,
  measure: false,
}

/** A plugin as source: every `.ts` file of the folder with a default export is a node. */
export interface PluginSource {
  /** Such as `pressroom/core`. */
  id: string
  /** Null for none: the plugin has no nodes of its own. */
  folder: string | null
}

export interface SandboxOptions {
  /** Where bundles and compiled code are kept between starts. */
  cacheDir: string
  /** The built-in nodes when left out. */
  plugins?: PluginSource[]
  processes?: number
  /** How many there may be when organisations would get into each other's way. */
  maxProcesses?: number
  /** A process that has served this many runs is replaced. */
  recycleAfterRuns?: number
  limits?: Partial<SandboxLimits>
}

/** What a sandbox process holds. Bytes. */
export interface ProcessStats {
  pid: number
  rssBytes: number
  runs: number
  openSteps: number
  isolates: { organisationId: string | null; plugin: string; contexts: number; heapBytes: number }[]
}

export interface SandboxStats {
  processes: ProcessStats[]
  /** Processes started so far, replacements included. */
  started: number
}
