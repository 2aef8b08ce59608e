export { createSandbox, type NodeSandbox } from './sandbox.ts'
export type { PluginSource, ProcessStats, SandboxLimits, SandboxOptions, SandboxStats } from './options.ts'
