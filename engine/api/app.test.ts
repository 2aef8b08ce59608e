import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, owner, testApi } from './testing/harness.ts'

let api: Harness
let studio: string
let ready = false

beforeAll(async () => {
  studio = await mkdtemp(join(tmpdir(), 'pressroom-studio-'))
  await mkdir(join(studio, 'assets'))
  await writeFile(join(studio, 'index.html'), '<!doctype html><title>Pressroom</title>')
  await writeFile(join(studio, 'assets', 'app-1a2b3c.js'), 'export {}')
  api = await testApi(() => ({
    studioDir: studio,
    readiness: async () => ({
      ready,
      checks: { database: { ok: ready, message: ready ? 'answers' : 'starting' } },
    }),
  }))
})
afterAll(async () => {
  await api.close()
  await rm(studio, { recursive: true })
})

const get = (url: string, headers: Record<string, string> = {}) => api.app.inject({ url, headers })

describe('a port', () => {
  it('that another program has is named, with what to do', async () => {
    const taken = createServer()
    await once(taken.listen(0, '127.0.0.1'), 'listening')
    const { port } = taken.address() as AddressInfo
    await expect(api.listen('127.0.0.1', port)).rejects.toMatchObject({
      failure: { code: 'config.port_taken', message: expect.stringContaining(String(port)) },
    })
    taken.close()
  })
})

describe('health', () => {
  it('says that the process lives even while it is not ready', async () => {
    expect((await get('/healthz')).statusCode).toBe(200)
  })

  it('is 503 with the failing check until everything answers, then 200', async () => {
    const before = await get('/readyz')
    expect([before.statusCode, before.json()]).toEqual([
      503,
      { ready: false, checks: { database: { ok: false, message: 'starting' } } },
    ])
    ready = true
    expect((await get('/readyz')).statusCode).toBe(200)
  })
})

describe('the studio', () => {
  const page = { accept: 'text/html,*/*' }

  it('answers every place of its own with its page, which is asked for anew each time', async () => {
    for (const url of ['/', '/runs/01J', '/gallery?kind=blog']) {
      const response = await get(url, page)
      expect([url, response.statusCode, response.body]).toEqual([
        url,
        200,
        expect.stringContaining('<title>Pressroom'),
      ])
      expect(response.headers['cache-control']).toBe('no-cache')
    }
  })

  it('keeps files with a hash in their name for ever', async () => {
    const response = await get('/assets/app-1a2b3c.js')
    expect([response.statusCode, response.headers['cache-control']]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ])
  })

  it('does not answer for files and calls that are not there', async () => {
    for (const url of ['/assets/gone.js', '/api/nothing', '/trpc', '/assets/..%2f..%2fpackage.json']) {
      const response = await get(url, page)
      expect([url, response.statusCode, response.json()]).toMatchObject([
        url,
        404,
        { failure: { code: 'not_found.path' } },
      ])
    }
  })
})

describe('the border', () => {
  it('lets no script in that is not ours and no page frame us', async () => {
    const policy = String((await get('/', { accept: 'text/html' })).headers['content-security-policy'])
    const directives = new Map(
      policy.split(';').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]),
    )
    expect(directives.get('script-src')).toBe("'self'")
    expect(directives.get('default-src')).toBe("'self'")
    expect(directives.get('frame-ancestors')).toBe("'none'")
    expect(policy).not.toMatch(/unsafe-eval|upgrade-insecure/)
  })

  it('refuses more than 2 MiB before it is parsed', async () => {
    const payload = { ...owner, name: 'x'.repeat(2 * 1024 * 1024) }
    const response = await api.app.inject({ method: 'POST', url: '/trpc/setup.create', payload })
    expect([response.statusCode, response.json()]).toMatchObject([
      413,
      { failure: { code: 'input.too_large' } },
    ])
  })

  it('answers JSON that is none with a 400', async () => {
    const headers = { 'content-type': 'application/json' }
    for (const url of ['/trpc/setup.create', '/api/auth/sign-in/email']) {
      const response = await api.app.inject({ method: 'POST', url, payload: '{"name":', headers })
      expect([url, response.statusCode]).toEqual([url, 400])
      expect(response.body).not.toContain('    at ')
    }
  })

  it('takes no call from a page of another site, signed in or not', async () => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const headers of foreign) {
      const mutation = await api.call('setup.create', { method: 'POST', input: owner, headers })
      const query = await api.call('setup.status', { headers })
      expect([mutation.status, query.status]).toEqual([403, 403])
      expect(JSON.stringify(mutation.body)).toContain('auth.foreign_origin')
    }
    expect(await api.store.prisma.user.count()).toBe(0)
  })

  it('lets no other origin read an answer', async () => {
    const response = await get('/healthz', { origin: 'https://evil.example' })
    expect(response.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('gives every answer the number that its log lines carry', async () => {
    expect((await get('/healthz')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })
})
