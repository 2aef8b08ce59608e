import { print, printJson, tell } from './output.ts'
import { EXIT, type Pressroom } from './pressroom.ts'

const MEGABYTE = 1_000_000

export async function listModels(pressroom: Pressroom, options: { json?: boolean }): Promise<number> {
  const providers = await pressroom.models.status()
  if (options.json) printJson(providers)
  else {
    for (const { message, models, fix } of providers) {
      print(message)
      for (const { name } of models) print(`  ${name}`)
      if (fix) print(`  ${fix}`)
    }
  }
  return EXIT.ok
}

/** `pressroom models pull NAME`: downloads a model into Ollama. */
export async function pullModel(pressroom: Pressroom, model: string): Promise<number> {
  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort())
  let last = ''
  await pressroom.models.pull(
    model,
    ({ status, completedBytes, totalBytes }) => {
      const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(0)
      const amount = totalBytes > 0 ? ` ${megabytes(completedBytes)} of ${megabytes(totalBytes)} MB` : ''
      const line = `${status}${amount}`
      if (line !== last) tell(line)
      last = line
    },
    abort.signal,
  )
  print(`${model} is ready.`)
  return EXIT.ok
}
