import { once } from 'node:events'
import { type IncomingMessage, type Server as HttpServer, type ServerResponse, createServer } from 'node:http'
import { type AddressInfo, type Server, createServer as createSocketServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ConnectionKind } from '#graph'
import type { OpenConnection } from '#run/interfaces.ts'
import { createConnector } from './connector.ts'
import { discover } from './discover.ts'

let http: HttpServer
let url: string
let answer: (request: IncomingMessage, response: ServerResponse) => unknown
const others: Server[] = []

beforeEach(async () => {
  answer = (_request, response) => response.end('{}')
  http = createServer((request, response) => answer(request, response))
  await once(http.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
})
afterEach(() => {
  http.closeAllConnections()
  http.close()
  for (const other of others.splice(0)) other.close()
})

const { test: tryOut } = createConnector({ mayReach: (_address, reachesPrivate) => reachesPrivate })
const of = (kind: ConnectionKind, more: Partial<OpenConnection> = {}): OpenConnection => ({
  kind,
  name: 'A connection',
  baseUrl: url,
  destination: 'internal',
  reachesPrivate: true,
  settings: {},
  key: null,
  ...more,
})

describe('a connection that is tried', () => {
  test.each([
    ['n8n', 'secret', '/api/v1/workflows?limit=1', 'x-n8n-api-key'],
    ['langgraph', 'secret', '/ok', 'x-api-key'],
    ['http', 'Bearer secret', '/', 'authorization'],
  ] as const)('of kind %s sends its key as that system wants it', async (kind, sent, path, header) => {
    const asked: unknown[] = []
    answer = (request, response) => {
      asked.push([request.url, request.headers[header]])
      response.end('{}')
    }
    expect(await tryOut(of(kind, { key: 'secret' }))).toMatchObject({ ok: true, fix: null })
    expect(asked).toEqual([[path, sent]])
  })

  test.each(['n8n', 'langgraph', 'http', 'openai-compatible', 'anthropic', 'google'] as const)(
    'of kind %s with a key that is refused is told so',
    async (kind) => {
      answer = (_request, response) => response.writeHead(401).end('{}')
      const verdict = await tryOut(of(kind, { key: 'wrong' }))
      expect(verdict).toMatchObject({
        ok: false,
        message: expect.stringContaining('does not accept the key'),
      })
      expect(JSON.stringify(verdict)).not.toContain('wrong')
    },
  )

  test.each(['n8n', 'langgraph', 'http', 'ollama', 'smtp'] as const)(
    'of kind %s reaches no address of its own network unless it may',
    async (kind) => {
      for (const host of ['127.0.0.1', 'localhost']) {
        const scheme = kind === 'smtp' ? 'smtp' : 'http'
        const baseUrl = `${scheme}://${host}:${new URL(url).port}`
        const verdict = await tryOut(of(kind, { baseUrl, reachesPrivate: false }))
        expect(verdict).toMatchObject({ ok: false, fix: expect.stringContaining('our own network') })
      }
    },
  )

  test.each([
    ['220 mail.example.org ESMTP\r\n', true, '220 mail.example.org ESMTP'],
    ['SSH-2.0-OpenSSH_9.9\r\n', false, 'not as a mail server does'],
  ])('of a mail server that says %j is told: %s', async (words, ok, said) => {
    const mail = createSocketServer((socket) => socket.end(words))
    others.push(mail)
    await once(mail.listen(0, '127.0.0.1'), 'listening')
    const { port } = mail.address() as AddressInfo
    const verdict = await tryOut(of('smtp', { baseUrl: `smtp://127.0.0.1:${port}` }))
    expect(verdict).toMatchObject({ ok, message: expect.stringContaining(said) })
  })
})

test('model servers of this machine are found by their lists, whatever else listens is not one', async () => {
  answer = (_request, response) => response.end(JSON.stringify({ data: [{ id: 'qwen' }] }))
  const other = createServer((_request, response) => response.end('<html>'))
  await once(other.listen(0, '127.0.0.1'), 'listening')
  others.push(other)
  const usual = (name: string, baseUrl: string) => ({ name, kind: 'openai-compatible' as const, baseUrl })
  const found = await discover([
    usual('There', `${url}/v1`),
    usual('Something else', `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1`),
    usual('Nobody', 'http://127.0.0.1:1/v1'),
  ])
  expect(found).toEqual([{ ...usual('There', `${url}/v1`), models: [{ name: 'qwen', sizeBytes: null }] }])
})
