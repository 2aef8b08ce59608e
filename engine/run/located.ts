import { type Failure, fieldHints } from '#graph'
import type { CompiledRun } from './change.ts'
import type { StepRecord } from './interfaces.ts'

/** A failure with where it happened. `path`: the field of the node's configuration to look at, where it is about one. */
export function located(failure: Failure, compiled: CompiledRun, step: StepRecord): Failure {
  const { path: _elsewhere, ...facts } = failure.facts
  const path = fieldOf(failure, compiled, step)
  const where = { nodeId: step.nodeId, item: step.path, step: step.label }
  return { ...failure, facts: { ...facts, ...where, ...(path === null ? {} : { path }) } }
}

function fieldOf({ code, facts }: Failure, compiled: CompiledRun, step: StepRecord): string | null {
  if (code === 'catalog.missing') return text(facts['path'])
  if (code === 'template.failed') return text(facts['field'])?.replace(/\[(\d+)\]/g, '.$1') ?? null
  if (code === 'config.invalid') return pathOfFirst(facts['issues'])
  return code.startsWith('model.') && code !== 'model.reply_invalid' ? modelField(compiled, step) : null
}

/** Where the model that failed was chosen: the step's own entry, else the node's one field for a model. */
function modelField({ flow }: CompiledRun, step: StepRecord): string | null {
  const compiled = flow.nodes.get(step.nodeId)
  if (!compiled) return null
  if (compiled.manifest.per && step.entry !== null) return `${compiled.manifest.per}.${step.entry}.model`
  const [field] = [...fieldHints(compiled.manifest)].find(([, { kind }]) => kind === 'model') ?? []
  return field ?? null
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function pathOfFirst(issues: unknown): string | null {
  const first: unknown = Array.isArray(issues) ? issues[0] : null
  return typeof first === 'object' && first !== null && 'path' in first ? text(first.path) : null
}
