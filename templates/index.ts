import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PressroomError, briefInputSchema, check, flowSchema, z } from '#graph'

const templateFactsSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  name: z.string().min(1),
  summary: z.string().min(1),
  description: z.string().min(1),
  contentType: z.string().min(1),
  /** Name of an ionicon. */
  icon: z.string().min(1),
  order: z.number().int().positive(),
})

/** A ready flow of the gallery with a sample brief. Data only: loading one runs nothing. */
export const templateSchema = templateFactsSchema.extend({ flow: flowSchema, brief: briefInputSchema })
export type Template = z.infer<typeof templateSchema>

async function readJson<S extends z.ZodType>(
  directory: string,
  name: string,
  schema: S,
): Promise<z.infer<S>> {
  const path = join(directory, name)
  const broken = (message: string, cause?: unknown, facts: Record<string, unknown> = {}) =>
    new PressroomError(
      { code: 'template.invalid', message, fix: `Correct or restore ${path}.`, facts: { path, ...facts } },
      cause,
    )
  let content: unknown
  try {
    content = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw broken(`The template file ${path} can't be read as JSON.`, cause)
  }
  const { value, findings } = check(schema, content, { code: 'template.invalid' })
  if (value !== null) return value
  const places = findings.map((finding) => `${finding.path}: ${finding.message}`).join('; ')
  throw broken(`The template file ${path} is not valid: ${places}`, undefined, { findings })
}

async function readTemplate(directory: string): Promise<Template> {
  const [facts, flow, brief] = await Promise.all([
    readJson(directory, 'template.json', templateFactsSchema),
    readJson(directory, 'flow.json', flowSchema),
    readJson(directory, 'brief.json', briefInputSchema),
  ])
  return { ...facts, flow, brief }
}

/** All templates of a folder (this one by default), in the gallery's order. */
export async function loadTemplates(root: string = import.meta.dirname): Promise<Template[]> {
  const entries = await readdir(root, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name))
  const templates = await Promise.all(folders.map(readTemplate))
  return templates.sort((a, b) => a.order - b.order || a.id.localeCompare(b.id))
}
