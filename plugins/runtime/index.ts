export { createSandbox, type NodeSandbox } from './sandbox.ts'
export { openWays, probeWalls, type Probed } from './probe-walls.ts'
export type { PluginSource, ProcessStats, SandboxLimits, SandboxOptions, SandboxStats } from './options.ts'
