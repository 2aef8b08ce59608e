import { readFile, stat } from 'node:fs/promises'
import { PressroomError, check, grantsSchema } from '#graph'
import type { Json, PluginOutcome } from '#run/interfaces.ts'
import { print, printJson, tell } from './output.ts'
import { EXIT, type Pressroom } from './pressroom.ts'
import { readJson } from './read-input.ts'

const MAX_SOURCE_BYTES = 4 * 1024 * 1024

/** `pressroom plugin run FILE`: one run in the real sandbox, with these grants and nothing else. */
export async function runPluginFile(
  pressroom: Pressroom,
  file: string,
  options: { grants?: string; input?: string; json?: boolean },
): Promise<number> {
  const given = options.grants === undefined ? {} : await readJson(options.grants)
  const { value: grants, findings } = check(grantsSchema, given, { code: 'input.grants' })
  if (!grants) {
    throw new PressroomError({
      code: 'input.grants',
      message: 'The grants can’t be used.',
      fix: 'Correct what is named; docs/plugins/sandbox.md says what can be granted.',
      facts: { findings },
    })
  }
  const input = options.input === undefined ? null : ((await readJson(options.input)) as Json)
  const outcome = await pressroom.plugins.run({ file, source: await sourceOf(file), grants, input })
  if (options.json) printJson(outcome)
  else tellOutcome(outcome)
  return outcome.status === 'succeeded' ? EXIT.ok : EXIT.failed
}

async function sourceOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size <= MAX_SOURCE_BYTES) return await readFile(file, 'utf8')
  } catch (error) {
    throw unreadable(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  throw unreadable(`${file} is larger than ${MAX_SOURCE_BYTES} bytes.`)
}

const unreadable = (message: string) =>
  new PressroomError({ code: 'input.invalid', message, fix: 'Give the path of a plugin’s one file.' })

function tellOutcome({ output, error, logs, events, usage }: PluginOutcome): void {
  for (const { message } of logs) tell(message)
  for (const event of events) tell(JSON.stringify(event))
  if (error) tell(`${error.code}: ${error.message}\n${error.fix}`)
  else print(JSON.stringify(output, null, 2))
  const megabytes = (usage.peakBytes / 1_048_576).toFixed(1)
  tell(`${usage.wallMs} ms, ${usage.cpuMs} ms of processor time, ${megabytes} MB`)
}
