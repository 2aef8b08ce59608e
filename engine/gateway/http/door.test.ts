import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { lookup } from 'node:dns'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureOf, type HttpReply } from '#graph'
import type { DoorCall, HttpDoor } from '#run/interfaces.ts'
import { createHttpDoor } from './door.ts'
import { ISSUER_RULES, PUBLIC_RULES, type HttpRules } from './rules.ts'

let server: Server
let port: number
let heard: string[]
let answer: (request: IncomingMessage, response: ServerResponse) => void
const doors: HttpDoor[] = []

beforeEach(async () => {
  heard = []
  answer = (_request, response) => response.end('fine')
  server = createServer((request, response) => {
    heard.push(`${request.method} ${request.headers.host}${request.url}`)
    answer(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close()
  server.closeAllConnections()
  server.close()
})

/** A resolver that gives these addresses, one list a question, the last one from then on. */
function resolver(...answers: string[][]): { lookup: typeof lookup; asked: string[] } {
  const asked: string[] = []
  const stand = (name: string, _options: object, done: (...given: unknown[]) => void) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? []
    asked.push(name)
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return { lookup: stand as unknown as typeof lookup, asked }
}

function doorWith(rules: Partial<HttpRules> = {}, names = resolver(['127.0.0.1'])) {
  const door = createHttpDoor({ ...PUBLIC_RULES, ...rules }, names.lookup)
  doors.push(door)
  return (url: string, more: Partial<DoorCall> = {}) =>
    door.request({ url, method: 'GET', headers: {}, body: null, hosts: null, ...more })
}

/** As the public rules, but this machine counts as the internet. */
const here = { mayReach: () => true }
const codeOf = (reply: Promise<HttpReply>) =>
  reply.then(
    () => 'answered',
    (error: unknown) => failureOf(error).code,
  )

describe('an address of this machine, its network or a cloud is refused before anything is sent', () => {
  test.each([
    ['as it is', '127.0.0.1'],
    ['in decimal', '2130706433'],
    ['in octal', '0177.0.0.1'],
    ['in hexadecimal', '0x7f.0.0.1'],
    ['in short', '127.1'],
    ['that means this machine', '0.0.0.0'],
    ['of IPv6', '[::1]'],
    ['of nobody', '[::]'],
    ['mapped into IPv6', '[::ffff:127.0.0.1]'],
    ['mapped into IPv6, in hexadecimal', '[::ffff:7f00:1]'],
    ['compatible with IPv6', '[::127.0.0.1]'],
    ['behind NAT64', '[64:ff9b::7f00:1]'],
    ['in 6to4', '[2002:7f00:1::]'],
    ['of a private network', '10.0.0.1'],
    ['of another private network', '192.168.1.1'],
    ['of a third private network', '172.16.0.1'],
    ['of a carrier', '100.64.0.1'],
    ['of a cloud’s metadata', '169.254.169.254'],
    ['of a cloud’s metadata in IPv6', '[fd00:ec2::254]'],
    ['that is link-local', '[fe80::1]'],
    ['of everybody', '255.255.255.255'],
    ['of a group', '224.0.0.1'],
    ['by its name', 'localhost'],
    ['by its name with a dot', 'localhost.'],
    ['by a name without a dot', 'metadata'],
    ['with full-width digits', '１２７.0.0.1'],
  ])('%s', async (_form, host) => {
    const ask = doorWith()
    expect(await codeOf(ask(`http://${host}:${port}/`))).toBe('http.refused')
    expect(heard).toEqual([])
  })

  test.each([
    'file:///etc/passwd',
    'ftp://example.com/',
    'data:text/plain,x',
    'http://user:word@example.com/',
    'no address',
  ])('and so is %s', async (url) => expect(await codeOf(doorWith()(url))).toBe('http.refused'))
})

describe('a name', () => {
  test('that resolves to an address of this network is refused, even among good ones', async () => {
    for (const found of [['127.0.0.1'], ['93.184.216.34', '10.0.0.7'], ['::1'], ['::ffff:10.0.0.1']]) {
      const ask = doorWith({}, resolver(found))
      expect(await codeOf(ask(`http://public.example:${port}/`))).toBe('http.refused')
    }
    expect(heard).toEqual([])
  })

  test('is resolved once, and what was checked is what is connected to', async () => {
    const names = resolver(['127.0.0.1'], ['10.0.0.1'])
    const ask = doorWith({ mayReach: (address) => address === '127.0.0.1' }, names)
    expect((await ask(`http://rebinding.example:${port}/a`)).text).toBe('fine')
    expect(names.asked).toEqual(['rebinding.example'])
  })

  test('that changes to an address of this network is refused from then on', async () => {
    const names = resolver(['127.0.0.1'], ['10.0.0.1'])
    const ask = doorWith({ mayReach: (address) => address === '127.0.0.1' }, names)
    answer = (_request, response) => response.setHeader('connection', 'close').end('fine')
    await ask(`http://rebinding.example:${port}/a`)
    expect(await codeOf(ask(`http://rebinding.example:${port}/b`))).toBe('http.refused')
  })
})

describe('hosts that were granted', () => {
  const granted = async (host: string, hosts: string[]) =>
    codeOf(doorWith(here)(`http://${host}/`, { hosts: hosts.map((pattern) => `${pattern}:${port}`) }))

  test('are matched whole: a name that only begins or ends the same is another', async () => {
    expect(await granted(`api.example.com:${port}`, ['api.example.com'])).toBe('answered')
    expect(await granted(`API.example.com.:${port}`, ['api.example.com'])).toBe('answered')
    expect(await granted(`evil-api.example.com:${port}`, ['api.example.com'])).toBe('http.refused')
    expect(await granted(`api.example.com.evil.test:${port}`, ['api.example.com'])).toBe('http.refused')
  })

  test('with a star mean every name below, not the name itself', async () => {
    expect(await granted(`a.b.example.com:${port}`, ['*.example.com'])).toBe('answered')
    expect(await granted(`example.com:${port}`, ['*.example.com'])).toBe('http.refused')
    expect(await granted(`badexample.com:${port}`, ['*.example.com'])).toBe('http.refused')
  })

  test('mean the usual ports unless they name one', async () => {
    const ask = doorWith(here)
    expect(await codeOf(ask(`http://api.example.com:${port}/`, { hosts: ['api.example.com'] }))).toBe(
      'http.refused',
    )
  })

  test('none of them: nothing may be asked', async () => {
    expect(await granted(`api.example.com:${port}`, [])).toBe('http.refused')
  })
})

describe('a redirect', () => {
  const to = (target: string, status = 302) => {
    answer = (request, response) =>
      request.url === '/from' ? response.writeHead(status, { location: target }).end() : response.end('there')
  }

  test('is followed where it may go', async () => {
    to('/there')
    const reply = await doorWith(here)(`http://a.example:${port}/from`)
    expect(reply).toMatchObject({ status: 200, text: 'there', url: `http://a.example:${port}/there` })
  })

  test.each([
    ['to an address of this machine', 'http://127.0.0.1/'],
    ['to a host that was not granted', 'http://b.example/'],
    ['to a file', 'file:///etc/passwd'],
    ['to a name without a dot', 'http://metadata/'],
  ])('%s is refused', async (_where, target) => {
    to(target)
    const ask = doorWith(here)
    const hosts = [`a.example:${port}`]
    expect(await codeOf(ask(`http://a.example:${port}/from`, { hosts }))).toBe('http.refused')
    expect(heard).toHaveLength(1)
  })

  test('to another origin takes no credentials along', async () => {
    const seen: (string | undefined)[] = []
    answer = (request, response) => {
      seen.push(request.headers.authorization)
      if (request.url === '/from') response.writeHead(307, { location: `http://b.example:${port}/` })
      response.end()
    }
    await doorWith(here)(`http://a.example:${port}/from`, { headers: { Authorization: 'Bearer x' } })
    expect(seen).toEqual(['Bearer x', undefined])
  })

  test('after which a request no longer posts, posts nothing', async () => {
    to('/there', 303)
    await doorWith(here)(`http://a.example:${port}/from`, { method: 'POST', body: 'x' })
    expect(heard.map((line) => line.split(' ')[0])).toEqual(['POST', 'GET'])
  })

  test('without end ends', async () => {
    to('/from')
    expect(await codeOf(doorWith(here)(`http://a.example:${port}/from`))).toBe('http.failed')
    expect(heard).toHaveLength(PUBLIC_RULES.redirects + 1)
  })
})

describe('an answer', () => {
  test('larger than the limit is given up', async () => {
    answer = (_request, response) => response.end('x'.repeat(2_000))
    expect(await codeOf(doorWith({ ...here, maxBytes: 1_000 })(`http://a.example:${port}/`))).toBe(
      'http.too_large',
    )
  })

  test('that does not come in time is given up', async () => {
    answer = () => undefined
    expect(await codeOf(doorWith({ ...here, timeoutMs: 50 })(`http://a.example:${port}/`))).toBe(
      'http.timeout',
    )
  })

  test('that refuses is an answer', async () => {
    answer = (_request, response) => response.writeHead(503).end('later')
    expect(await doorWith(here)(`http://a.example:${port}/`)).toMatchObject({ status: 503, text: 'later' })
  })
})

test('headers that belong to the connection can’t be given, nor smuggled in', async () => {
  const ask = doorWith(here)
  expect(await codeOf(ask(`http://a.example:${port}/`, { headers: { Host: 'b.example' } }))).toBe(
    'http.refused',
  )
  expect(await codeOf(ask(`http://a.example:${port}/`, { headers: { x: 'a\r\nHost: b.example' } }))).toBe(
    'http.failed',
  )
  expect(heard).toEqual([])
})

test('issuers may be inside the building, encrypted, but never where clouds keep keys', async () => {
  const ask = doorWith(ISSUER_RULES, resolver(['169.254.169.254']))
  expect(await codeOf(ask(`http://127.0.0.1:${port}/`))).toBe('answered')
  expect(await codeOf(ask(`http://10.0.0.1:${port}/`))).toBe('input.issuer')
  for (const url of [
    'https://issuer.example/',
    'https://169.254.169.254/',
    'https://[::ffff:169.254.169.254]/',
  ])
    expect(await codeOf(ask(url))).toBe('input.issuer')
})
