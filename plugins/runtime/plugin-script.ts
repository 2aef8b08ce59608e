/**
 * A plugin's one file as a script for isolates. Its code is read here, never run; it brings everything that it needs but
 * the SDK, which each context has, so that what is kept of a plugin is no more than its own code.
 */
import { extname } from 'node:path'
import { PressroomError } from '#graph'

const ENTRY = 'pressroom:plugin'
const SDK = '#sdk'
export const MAX_PLUGIN_BYTES = 4 * 1024 * 1024

/**
 * The file may be an ES module or CommonJS whose default export is a node or a function `(input, host) => output`, such
 * a function and nothing else, or the body of one.
 *
 * @throws PressroomError `plugin.invalid`
 */
export async function pluginScript(file: string, text: string): Promise<string> {
  if (Buffer.byteLength(text) > MAX_PLUGIN_BYTES) throw invalid(`it is larger than ${MAX_PLUGIN_BYTES} bytes`)
  const typed = extname(file) === '.ts'
  const source = await moduleText(text, typed)
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input: ENTRY,
    platform: 'browser',
    logLevel: 'silent',
    // What runs is what was written: nothing that looks unused is left out.
    treeshake: false,
    plugins: [
      {
        name: 'pressroom-plugin',
        resolveId(id, _importer, { kind }) {
          if (id === ENTRY) return id
          // What is asked for while it runs is not there, and says so then.
          if (id === SDK || kind === 'require-call' || kind === 'dynamic-import')
            return { id, external: true }
          throw new Error(`it imports "${id}": a plugin is one file and may import "${SDK}" alone`)
        },
        load: (id) => (id === ENTRY ? { code: source, moduleType: typed ? 'ts' : 'js' } : null),
      },
    ],
  })
  try {
    const { output } = await build.generate({
      format: 'iife',
      name: 'plugin',
      exports: 'auto',
      globals: { [SDK]: 'sdk' },
    })
    return `(sdk) => {'use strict'\n${output[0].code}\nreturn ${BY_DEFAULT}}`
  } catch (error) {
    throw invalid(reasonOf(error), error)
  } finally {
    await build.close()
  }
}

/** The default export, whichever way the bundler hands exports out. */
const BY_DEFAULT =
  "typeof plugin === 'object' && plugin !== null && 'default' in plugin ? plugin.default : plugin"

async function moduleText(text: string, typed: boolean): Promise<string> {
  const { parseAst } = await import('rolldown/parseAst')
  const lang = typed ? 'ts' : 'js'
  const parsed = (source: string) => {
    try {
      return parseAst(source, { lang }).body
    } catch (error) {
      if (error instanceof Error) return error
      throw error
    }
  }
  const whole = parsed(text)
  if (whole instanceof Error) {
    // What is no module may still be the body of a function: it returns something.
    const wrapped = `export default async function (input, host) {${text}\n}`
    const inner = parsed(wrapped)
    if (inner instanceof Error || inner.length !== 1) throw invalid(whole.message, whole)
    return wrapped
  }
  if (whole.some(({ type }) => type === 'ExportDefaultDeclaration' || type === 'ExportNamedDeclaration'))
    return text
  const [only] = whole
  const alone = whole.length === 1 && only?.type === 'ExpressionStatement' ? only.expression : null
  if (alone && /^(ArrowFunction|Function)Expression$/.test(unwrapped(alone)))
    return `export default ${text.trim().replace(/;$/, '')}`
  if (/\bexports\b/.test(text)) return text
  return `export default async function (input, host) {${text}\n}`
}

const unwrapped = (expression: { type: string; expression?: unknown }): string =>
  expression.type === 'ParenthesizedExpression'
    ? (expression.expression as { type: string }).type
    : expression.type

const reasonOf = (error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  // The bundler shows whose plugin of its own said so; what was said is enough.
  return /it imports .*/.exec(message)?.[0] ?? message
}

const invalid = (reason: string, cause?: unknown) =>
  new PressroomError(
    {
      code: 'plugin.invalid',
      message: `The plugin can't be used: ${reason}`,
      fix: 'Correct the source that the message names.',
    },
    cause,
  )
