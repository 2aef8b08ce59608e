import { z } from 'zod'
import { PressroomError } from '#graph'
import type { Json } from '#run/interfaces.ts'

const FENCED = /^```(?:json)?[ \t]*\r?\n([\s\S]*?)\r?\n?```$/i

/** A structured reply as data. What does not fit is an error with the reply attached, never a default. */
export function parseReply(text: string, schema: { [key: string]: Json }, facts: Record<string, Json>): Json {
  const trimmed = text.trim()
  const source = FENCED.exec(trimmed)?.[1] ?? trimmed
  const shape = zodOf(schema, facts)
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw invalid('The model was asked for JSON but its reply is not JSON.', text, '', problem, facts, error)
  }
  const result = shape.safeParse(value)
  if (result.success) return z.json().parse(result.data)
  const issue = result.error.issues[0]
  const path = issue?.path.join('.') ?? ''
  const problem = issue?.message ?? 'It does not fit the schema.'
  const message = `The model's reply does not have the asked shape: ${path === '' ? 'reply' : path}: ${problem}`
  throw invalid(message, text, path, problem, facts, result.error)
}

function zodOf(schema: { [key: string]: Json }, facts: Record<string, Json>): z.ZodType {
  try {
    return z.fromJSONSchema(schema)
  } catch (error) {
    throw new PressroomError(
      {
        code: 'model.schema_unsupported',
        message: 'The node asked for a reply of a shape that cannot be checked.',
        fix: 'Simplify the schema that the node passes with its model request.',
        facts: { ...facts, problem: error instanceof Error ? error.message : String(error) },
      },
      error,
    )
  }
}

function invalid(
  message: string,
  reply: string,
  path: string,
  problem: string,
  facts: Record<string, Json>,
  cause: unknown,
): PressroomError {
  return new PressroomError(
    {
      code: 'model.reply_invalid',
      message,
      fix: 'Read the attached reply. Try again, or choose a model that follows a JSON Schema more reliably.',
      retryable: true,
      facts: { ...facts, reply, path, problem },
    },
    cause,
  )
}
