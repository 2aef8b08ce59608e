import { z } from 'zod'

/** A fault in a flow or an input: what, where and how to mend it. Errors stop a run or a publish; warnings do not. */
export const findingSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  nodeId: z.string().nullable(),
  /** Where in the document, dotted: `nodes.2.config.agents`, `brief.audience`. */
  path: z.string(),
  message: z.string(),
  fix: z.string(),
})
export type Finding = z.infer<typeof findingSchema>

export const errorAt = (
  nodeId: string | null,
  path: string,
  code: string,
  message: string,
  fix: string,
): Finding => ({ code, severity: 'error', nodeId, path, message, fix })

export const hasErrors = (findings: Finding[]): boolean =>
  findings.some((finding) => finding.severity === 'error')

type Checked<T> = { value: T; findings: [] } | { value: null; findings: Finding[] }

/** Parses `value`; every fault becomes a finding with its dotted path below `prefix`. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  at: { code: string; nodeId?: string; prefix?: string },
): Checked<z.output<S>> {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return { value: parsed.data, findings: [] }
  return { value: null, findings: parsed.error.issues.map((issue) => findingOf(issue, at)) }
}

function findingOf(issue: z.core.$ZodIssue, at: { code: string; nodeId?: string; prefix?: string }): Finding {
  const unknown = issue.code === 'unrecognized_keys'
  const missing =
    (issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.input === undefined
  const keys = unknown ? [...issue.path, issue.keys[0] ?? ''] : issue.path
  const path = [...(at.prefix ? [at.prefix] : []), ...keys.map(String)].join('.')
  const where = path === '' ? 'the document' : path
  return {
    code: at.code,
    severity: 'error',
    nodeId: at.nodeId ?? null,
    path,
    message: missing ? 'required' : unknown ? 'not known here' : issue.message,
    fix: missing ? `Give ${where} a value.` : unknown ? `Remove ${where}.` : `Correct ${where}.`,
  }
}
