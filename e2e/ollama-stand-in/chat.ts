import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Fault } from './faults.ts'

/** A request to write, as both `/api/chat` and `/api/generate` come down to. */
export interface StandInRequest {
  endpoint: 'chat' | 'generate'
  model: string
  system: string
  prompt: string
  /** JSON Schema given as `format`. */
  schema: Record<string, unknown> | null
  seed: number
  numPredict: number
  numCtx: number
  stream: boolean
}

export type ReplyFunction = (request: StandInRequest) => string | Promise<string>

const PIECE_CHARACTERS = 48
const tokens = (text: string): number => Math.max(1, Math.ceil(text.length / 4))

function line(request: StandInRequest, piece: string, more: Record<string, unknown>): string {
  const content =
    request.endpoint === 'chat' ? { message: { role: 'assistant', content: piece } } : { response: piece }
  return `${JSON.stringify({ model: request.model, created_at: new Date().toISOString(), ...content, ...more })}\n`
}

const finalFigures = (request: StandInRequest, text: string, cut: boolean) => ({
  done: true,
  done_reason: cut ? 'length' : 'stop',
  total_duration: 5_000_000,
  load_duration: 1_000_000,
  prompt_eval_count: tokens(`${request.system}${request.prompt}`),
  prompt_eval_duration: 1_000_000,
  eval_count: tokens(text),
  eval_duration: 3_000_000,
})

async function textFor(request: StandInRequest, fault: Fault, reply: ReplyFunction): Promise<string> {
  if (request.schema && fault === 'invalid-structured') return 'I would say it is rather good, so: APPROVED.'
  if (request.schema && fault === 'misfit-structured') return '{"verdict":"fine"}'
  return reply(request)
}

/** Answers one request, with the fault where it belongs. Returns whether it was answered to the end. */
export async function answer(
  request: StandInRequest,
  response: ServerResponse,
  fault: Fault,
  reply: ReplyFunction,
  pieceDelayMs: number,
): Promise<boolean> {
  if (fault === 'hang-before-first-chunk') return false
  const whole = await textFor(request, fault, reply)
  const cut = request.numPredict > 0 && tokens(whole) > request.numPredict
  const text = cut ? whole.slice(0, request.numPredict * 4) : whole
  if (!request.stream) {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    response.end(line(request, text, finalFigures(request, text, cut)).trim())
    return true
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const pieces = text.match(new RegExp(`[\\s\\S]{1,${PIECE_CHARACTERS}}`, 'g')) ?? []
  const half = Math.max(1, Math.floor(pieces.length / 2))
  for (const [index, piece] of pieces.entries()) {
    if (fault === 'hang-after-first-chunk' && index === 1) return false
    if (index === half || pieces.length === 1) {
      if (breakOff(response, fault)) return false
      if (fault === 'malformed-line') response.write('{"model":"broken","message":{"content":\n')
    }
    if (response.destroyed) return false
    response.write(line(request, piece, { done: false }))
    if (pieceDelayMs > 0) await delay(pieceDelayMs)
  }
  response.end(line(request, '', finalFigures(request, text, cut)))
  return true
}

function breakOff(response: ServerResponse, fault: Fault): boolean {
  if (fault === 'half-stream') response.end()
  else if (fault === 'dropped-stream') response.socket?.end()
  else if (fault === 'error-line') response.end('{"error":"model runner has unexpectedly stopped"}\n')
  else return false
  return true
}
