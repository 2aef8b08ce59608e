import { z } from 'zod'

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** A request through the host, which decides whether it may go where it wants to. Text only. */
export const httpRequestSchema = z.strictObject({
  url: z.string().max(8_192),
  method: z.enum(HTTP_METHODS).default('GET'),
  headers: z.record(z.string().max(256), z.string().max(8_192)).default({}),
  body: z.string().nullable().default(null),
})
export type HttpRequest = z.input<typeof httpRequestSchema>
export type HttpCall = z.infer<typeof httpRequestSchema>

/** Any status is an answer: a refusal of the server is no failure of the request. Names of headers are lower case. */
export interface HttpReply {
  status: number
  headers: Record<string, string>
  text: string
  /** Where the answer came from, after redirects. */
  url: string
}
