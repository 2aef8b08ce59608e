import type { Liquid } from 'liquidjs'
import { LEFT_OUT_FILTERS, LEFT_OUT_TAGS, TEMPLATE_OPTIONS, valueAt } from '#graph'

export interface TemplateFault {
  message: string
  /** Counted from 1; null where the fault is not in one place. */
  line: number | null
  column: number | null
}

/** `unknown`: names that the text puts in and that hold nothing here. */
export type Preview = { text: string; unknown: string[]; fault: null } | { text: null; fault: TemplateFault }

let engine: Promise<Liquid> | null = null

/** The library comes when the first preview does. */
async function load(): Promise<Liquid> {
  const { Liquid } = await import('liquidjs')
  const liquid = new Liquid(TEMPLATE_OPTIONS)
  for (const tag of LEFT_OUT_TAGS) delete liquid.tags[tag]
  for (const filter of LEFT_OUT_FILTERS) delete liquid.filters[filter]
  return liquid
}

/** What a template comes to, with the settings of a run, which renders inside the step's isolate. */
export async function previewOf(template: string, variables: object): Promise<Preview> {
  const liquid = await (engine ??= load())
  try {
    const parsed = liquid.parse(template)
    const text = String(await liquid.render(parsed, variables))
    const names = await liquid.globalFullVariables(parsed)
    return { text, unknown: [...new Set(names.filter((name) => isUnknown(name, variables)))], fault: null }
  } catch (error) {
    return { text: null, fault: faultOf(error) }
  }
}

/** Names end where Liquid's own properties or a computed key begin: those are not looked into. */
function isUnknown(name: string, variables: object): boolean {
  const path = name.replaceAll(/\[(\d+)\]/g, '.$1').replace(/(?:\.(?:size|first|last)\b|\[).*$/s, '')
  const value = valueAt(variables, path)
  return value === undefined || value === null
}

/** "undefined filter: shout, line:2, col:5" in parts. */
function faultOf(error: unknown): TemplateFault {
  const message = error instanceof Error ? error.message : String(error)
  const [, said = message, line, column] = /^(.*), line:(\d+), col:(\d+)$/s.exec(message) ?? []
  return {
    message: plainly(said),
    line: line ? Number(line) : null,
    column: column ? Number(column) : null,
  }
}

const PLAIN: readonly [RegExp, string][] = [
  [/^undefined filter: (.*)$/s, 'There is no filter called “$1”.'],
  [/^tag "(.*)" not found$/s, 'There is no tag called “$1”.'],
  [/^output "(.*)" not closed$/s, '“$1” is not closed: it needs “}}” behind it.'],
  [/^tag "(.*)" not closed$/s, '“$1” is not closed: it needs “%}” behind it.'],
  [/^tag (.*) not closed$/s, '“$1” needs its end behind it.'],
  [/^illegal tag: (.*)$/s, '“$1” can’t be read.'],
  [/^invalid value expression: .*$/s, 'There is something missing or unreadable between the braces.'],
  [/^template render limit exceeded$/, 'This takes too long to fill in.'],
  [/^memory alloc limit exceeded$/, 'This comes to more text than a run allows.'],
]

function plainly(said: string): string {
  for (const [pattern, words] of PLAIN) if (pattern.test(said)) return said.replace(pattern, words)
  return `${said[0]?.toUpperCase() ?? ''}${said.slice(1)}.`
}

/** How many characters stand before a place. */
export function offsetOf(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1)
  const start = before.reduce((sum, { length }) => sum + length + 1, 0)
  return Math.min(start + column - 1, text.length)
}
