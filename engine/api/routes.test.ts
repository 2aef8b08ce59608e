import type { z } from 'zod'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { toJSONSchema } from 'zod'
import { PERMISSION_NAMES, type Permission } from '#access'
import { refusalOf } from './testing/answers.ts'
import { type Harness, type Person, owner, testApi } from './testing/harness.ts'
import { type Operation, PROCEDURES, REQUESTS, SOCKETS, TRPC_ROUTE } from './testing/routes.ts'
import { MORE_SAMPLES, OF_NOBODY, SAMPLES, type Sample } from './testing/samples.ts'
import { tenantRows } from './testing/tenant-rows.ts'
import { type Things, makeThings, neverWere } from './testing/things.ts'

type Credentials = { cookie?: string; key?: string }

let api: Harness
let url: string
let studioDir: string
/** Everybody that is not, or is no longer, anybody. */
const nobody: Record<string, Credentials> = {}
/** A key with all permissions but this one, and one with none but this one. */
const lacking = new Map<Permission, string>()
const onlyWith = new Map<string, string>()
let ours: { cookie: string; things: Things }
let theirs: { cookie: string; userId: string; id: string; things: Things }

beforeAll(async () => {
  studioDir = await mkdtemp(join(tmpdir(), 'pressroom-studio-'))
  await writeFile(join(studioDir, 'index.html'), '<!doctype html>')
  api = await testApi(() => ({ studioDir }))
  await api.call('setup.create', { method: 'POST', input: owner })
  url = await api.listen('127.0.0.1', 0)

  for (const name of PERMISSION_NAMES) {
    const others = PERMISSION_NAMES.filter((each) => each !== name)
    lacking.set(name, await api.key({ role: await api.role({ permissions: others }) }))
    onlyWith.set(name, await api.key({ role: await api.role({ permissions: [name] }) }))
  }
  onlyWith.set('signed-in', await api.key({ role: await api.role({ permissions: [] }) }))

  const us = await api.person({ role: 'owner' })
  ours = { cookie: us.cookie, things: await makeThings(api, us, { organisation: 'default', mark: 'ours' }) }
  const { id, owner: them } = await api.organisation('Theirs')
  theirs = {
    id,
    cookie: them.cookie,
    userId: them.userId,
    things: await makeThings(api, them, { organisation: id, mark: 'theirs' }),
  }
  await endedCredentials()
}, 120_000)
beforeEach(async () => void (await api.admin('DELETE FROM rate_limits')))
afterAll(async () => {
  await api.close()
  await rm(studioDir, { recursive: true })
})

async function endedCredentials() {
  const people = ['owner', 'owner', 'owner'].map((role) => api.person({ role }))
  const [signedOut, leaver, late] = (await Promise.all(people)) as [Person, Person, Person]
  const { cookie } = signedOut
  await api.app.inject({ method: 'POST', url: '/api/auth/sign-out', headers: { cookie }, payload: {} })
  await api.admin('DELETE FROM members WHERE id = $1', [leaver.memberId])
  await api.admin(`UPDATE sessions SET expires_at = now() - interval '1 s' WHERE user_id = $1`, [late.userId])
  const ended = async (change: string) => {
    const key = await api.key({ role: 'owner' })
    await api.admin(change, [createHash('sha256').update(key).digest('hex')])
    return key
  }
  const old = await ended(`UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE token_hash = $1`)
  const revoked = await ended('UPDATE api_keys SET revoked_at = now() WHERE token_hash = $1')
  const disabled = await ended(
    `UPDATE service_accounts SET disabled_at = now()
     WHERE id = (SELECT service_account_id FROM api_keys WHERE token_hash = $1)`,
  )
  Object.assign(nobody, {
    'no credentials': {},
    'a cookie that is none of ours': { cookie: 'pressroom.session_token=nonsense.nonsense' },
    'a session that was ended': { cookie },
    'a session that ran out': { cookie: late.cookie },
    'a session of somebody who was removed': { cookie: leaver.cookie },
    'a key that never was': { key: `prk_${'x'.repeat(43)}` },
    'no key after Bearer': { key: '' },
    'a key that has expired': { key: old },
    'a key that was revoked': { key: revoked },
    'a key of a service account that is off': { key: disabled },
    'a bad key beside a good session': { key: 'nonsense', cookie: ours.cookie },
  })
}

const methodOf = ({ kind }: Operation) => (kind === 'mutation' ? ('POST' as const) : ('GET' as const))
/** As a program asks; `stream`: as a browser asks for a stream. */
const ask = (operation: Operation, input: unknown, who: Credentials, stream = false) =>
  api.call(operation.name, {
    method: methodOf(operation),
    input,
    ...(who.cookie === undefined ? {} : { cookie: who.cookie }),
    headers: {
      ...(stream ? { accept: 'text/event-stream' } : {}),
      ...(who.key === undefined ? {} : { authorization: `Bearer ${who.key}` }),
    },
  })
const sample = ({ name }: Operation, things: Things) => SAMPLES[name]?.(things)
const ways = PROCEDURES.flatMap((operation) =>
  [[operation.name, SAMPLES[operation.name] as Sample] as const, ...MORE_SAMPLES]
    .filter(([name]) => name === operation.name)
    .map(([, of]) => ({ operation, of })),
)
const guarded = PROCEDURES.filter(({ admits }) => admits !== 'public')

describe('the list of routes', () => {
  it('has input for every procedure and no others', () => {
    expect(Object.keys(SAMPLES).toSorted()).toEqual(PROCEDURES.map(({ name }) => name).toSorted())
  })

  it('has every request that Fastify answers and no others', () => {
    const found = api.routes.flatMap(({ method, url: path }) =>
      [method].flat().map((each) => `${each} ${path}`),
    )
    const listed = [...Object.keys(REQUESTS), ...['GET', 'POST'].map((method) => `${method} ${TRPC_ROUTE}`)]
    expect(found.filter((name) => !name.startsWith('HEAD ')).toSorted()).toEqual(listed.toSorted())
  })

  it('takes nothing but GET and POST to a procedure', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const) {
      const response = await fetchRaw(method, '/trpc/session.get')
      expect([method, response]).toEqual([method, 404])
    }
  })

  it('has every door for sockets', () => {
    expect(api.app.server.listenerCount('upgrade')).toBe(1)
    expect(Object.keys(SOCKETS)).toEqual(['/drafts'])
  })

  it('has no upload: nothing but JSON is read', async () => {
    for (const type of ['multipart/form-data; boundary=x', 'text/plain', 'text/csv']) {
      const headers = { 'content-type': type, cookie: ours.cookie }
      for (const path of ['/trpc/flows.import', '/api/auth/sign-in/email']) {
        const response = await api.app.inject({ method: 'POST', url: path, headers, payload: 'x' })
        expect([path, type, response.statusCode]).toEqual([path, type, 415])
      }
    }
  })

  it('gives every id that a procedure takes a thing of an organisation', () => {
    const others = neverWere(ours.things)
    const forgotten = PROCEDURES.flatMap((procedure) => {
      const paths = procedure.inputs.flatMap((schema) => idsOf(schema as z.ZodType))
      const varying = new Set<string>()
      for (const { operation, of } of ways) {
        if (operation === procedure) keysThatDiffer(of(ours.things), of(others), varying)
      }
      return paths
        .filter((key) => !varying.has(key) && !OF_NOBODY.has(`${procedure.name} ${key}`))
        .map((key) => `${procedure.name} ${key}`)
    })
    expect(forgotten).toEqual([])
  })
})

const ID = /^id$|Ids?$|^(role|defaultRole|replacement|flowsTo|template)$/

/** Names of the properties of an input that hold ids. */
function idsOf(schema: z.ZodType): string[] {
  const keys = new Set<string>()
  JSON.stringify(toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), (key, value: unknown) => {
    if (key === 'properties') for (const name of Object.keys(value as object)) keys.add(name)
    return value
  })
  return [...keys].filter((key) => ID.test(key))
}

function keysThatDiffer(one: unknown, other: unknown, into = new Set<string>()): Set<string> {
  if (typeof one !== 'object' || one === null) return into
  for (const [key, value] of Object.entries(one)) {
    const opposite = (other as Record<string, unknown>)[key]
    if (JSON.stringify(value) === JSON.stringify(opposite)) continue
    into.add(key)
    keysThatDiffer(value, opposite, into)
  }
  return into
}

describe('whoever is nobody', () => {
  it.each(guarded.map((operation) => [operation.name, operation] as const))(
    'is refused with 401 at %s, whatever they send along',
    async (_name, operation) => {
      for (const [what, who] of Object.entries(nobody)) {
        const answer = await ask(operation, sample(operation, ours.things), who)
        expect([what, ...refusalOf(answer)]).toEqual([what, 401, 'auth.unauthenticated'])
        if (operation.kind !== 'subscription') continue
        const { body } = await ask(operation, sample(operation, ours.things), who, true)
        expect([what, body]).toEqual([what, expect.stringContaining('"httpStatus":401')])
      }
    },
  )

  it('is refused with 401 at every other request that asks who one is', async () => {
    const asking = Object.keys(REQUESTS).filter((name) => REQUESTS[name] !== 'public')
    expect(asking).not.toEqual([])
    for (const name of asking) {
      const [method, path = ''] = name.split(' ')
      for (const [what, { cookie, key }] of Object.entries(nobody)) {
        await api.admin('DELETE FROM rate_limits')
        // A key is nobody's account.
        if (key !== undefined && cookie !== undefined) continue
        const headers = {
          ...(cookie === undefined ? {} : { cookie }),
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        }
        if (what.includes('was removed')) continue
        const payload = { password: owner.password }
        const response = await api.app.inject({ method: method as 'POST', url: path, headers, payload })
        expect([name, what, response.statusCode]).toEqual([name, what, 401])
      }
    }
  })

  it('gets no socket', async () => {
    for (const [what, who] of Object.entries(nobody)) {
      for (const path of Object.keys(SOCKETS)) {
        expect([path, what, await upgrade(path, who)]).toEqual([path, what, 401])
      }
      expect([what, await upgrade('/elsewhere', who)]).toEqual([what, 404])
    }
  })
})

const fetchRaw = (method: string, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = httpRequest(new URL(path, url), { method, headers: { cookie: ours.cookie } })
    asked.on('response', (response) => resolve(response.resume().statusCode ?? 0))
    asked.on('error', reject)
    asked.end()
  })

/** Status of the answer to somebody who wants a socket; 101 when they get it. */
function upgrade(path: string, { cookie, key }: Credentials): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(new URL(path, url), {
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from(randomUUID().slice(0, 16)).toString('base64'),
        ...(cookie === undefined ? {} : { cookie }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
    })
    asked.on('response', (response) => resolve(response.resume().statusCode ?? 0))
    asked.on('upgrade', (_response, socket) => {
      socket.destroy()
      resolve(101)
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('a role with every permission but one', () => {
  it.each(
    guarded
      .filter(({ admits }) => admits !== 'signed-in')
      .map((each) => [each.name, each.admits, each] as const),
  )(
    'is refused %s with 403 where it lacks %s, and admitted where it has nothing else',
    async (_name, admits, operation) => {
      const without = { key: lacking.get(admits as Permission) ?? '' }
      const input = sample(operation, ours.things)
      for (const each of [input, undefined]) {
        const answer = await ask(operation, each, without)
        expect(refusalOf(answer)).toEqual([403, 'auth.forbidden'])
        expect(JSON.stringify(answer.body)).toContain(`"permission":"${admits}"`)
      }
      const never = sample(operation, neverWere(ours.things))
      const stream = operation.kind === 'subscription'
      const streamed = stream ? await ask(operation, input, without, true) : { body: '"httpStatus":403' }
      expect(streamed.body).toContain('"httpStatus":403')
      const { body } = await ask(operation, never, { key: onlyWith.get(admits) ?? '' }, stream)
      expect(JSON.stringify(body)).not.toMatch(/"code":"auth\.(forbidden|unauthenticated)/)
    },
  )

  it('gets a socket with the permission that it is listed with, and none without', async () => {
    for (const [path, admits] of Object.entries(SOCKETS)) {
      expect(await upgrade(path, { key: lacking.get(admits as Permission) ?? '' })).toBe(403)
      expect(await upgrade(path, { key: onlyWith.get(admits) ?? '' })).toBe(101)
    }
  })
})

describe('somebody with no permission at all', () => {
  // A stream of one's own has no end that could be waited for: `session.follow` is followed in the browser.
  const answering = guarded.filter(({ admits, kind }) => admits === 'signed-in' && kind !== 'subscription')
  it.each(answering.map((each) => [each.name, each] as const))(
    'may still ask for their own at %s',
    async (_name, operation) => {
      const { body } = await ask(operation, sample(operation, neverWere(ours.things)), {
        key: onlyWith.get('signed-in') ?? '',
      })
      expect(JSON.stringify(body)).not.toContain('auth.unauthenticated')
    },
  )
})

const asIs = new Proxy({} as Things, { get: (_, name) => String(name) })
const other = new Proxy({} as Things, { get: (_, name) => `other ${String(name)}` })
const withIds = ways
  .filter(({ of }) => JSON.stringify(of(asIs)) !== JSON.stringify(of(other)))
  .map((way) => [way.operation.name, JSON.stringify(way.of(asIs)), way] as const)

/** What answers with nothing instead: it narrows a list. */
const FILTERS = new Set(['runs.list'])

describe('ids of another organisation', () => {
  it.each(withIds)(
    'answer at %s %s as ids that never were, to the byte, and change nothing there',
    async (_name, _input, { operation, of }) => {
      const before = await tenantRows(api, theirs.id)
      const never = neverWere(theirs.things)
      const used = namesUsed(of)
      // All of them, and each one alone among ids of one's own.
      for (const foreign of [used, ...(used.length > 1 ? used.map((name) => [name]) : [])]) {
        const got = await answerTo(
          operation,
          of({ ...ours.things, ...pick(theirs.things, foreign) }),
          theirs.things,
        )
        const wanted = await answerTo(operation, of({ ...ours.things, ...pick(never, foreign) }), never)
        expect([foreign, got]).toEqual([foreign, wanted])
        if (FILTERS.has(operation.name)) continue
        const status = operation.kind === 'subscription' ? 200 : 404
        expect([foreign, got.status, got.body]).toEqual([
          foreign,
          status,
          expect.stringContaining('not_found.'),
        ])
      }
      expect(await tenantRows(api, theirs.id)).toEqual(before)
    },
  )

  it.each(withIds)('are found at %s %s by those they belong to', async (name, _input, { operation, of }) => {
    const things = await makeThings(api, theirs, { organisation: theirs.id, mark: 'theirs' })
    const change = (path: string, id: string) =>
      api.ask(path, { method: 'POST', cookie: theirs.cookie, input: { id } })
    if (name === 'flows.restore') await change('flows.remove', things.flow)
    if (name === 'runs.events') await change('runs.cancel', things.run)
    const { status, body } = await ask(operation, of(things), theirs, operation.kind === 'subscription')
    expect([status, JSON.stringify(body)]).toEqual([200, expect.not.stringContaining('not_found.')])
  })
})

const pick = (things: Things, names: readonly (keyof Things)[]): Partial<Things> =>
  Object.fromEntries(names.map((name) => [name, things[name]]))

const namesUsed = (of: Sample): (keyof Things)[] =>
  (Object.keys(ours.things) as (keyof Things)[]).filter(
    (name) => JSON.stringify(of({ ...ours.things, [name]: 'x' })) !== JSON.stringify(of(ours.things)),
  )

/** Status, headers and body, apart from the number of the request and the ids that it named itself. */
async function answerTo(operation: Operation, input: unknown, named: Things) {
  const get = methodOf(operation) === 'GET'
  const query = get ? `?input=${encodeURIComponent(JSON.stringify(input))}` : ''
  const { statusCode, headers, body } = await api.app.inject({
    method: methodOf(operation),
    url: `/trpc/${operation.name}${query}`,
    headers: {
      cookie: ours.cookie,
      ...(operation.kind === 'subscription' ? { accept: 'text/event-stream' } : {}),
    },
    ...(get ? {} : { payload: input as object }),
  })
  const { 'x-request-id': _id, date: _date, ...rest } = headers
  let plain = body
  for (const id of Object.values(named)) plain = plain.replaceAll(id, '<id>')
  return { status: statusCode, headers: rest, body: plain }
}
