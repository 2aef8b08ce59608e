import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPressroomClient } from '../engine/api/client.ts'
import { type Server, dataFolder, pressroom, startServer } from './support/pressroom.ts'
import { cookieOf } from './support/signed-in.ts'

const PASSWORD = 'correct horse battery'
const EMAIL = 'grace@example.org'

let data: Awaited<ReturnType<typeof dataFolder>>
let server: Server
beforeAll(async () => {
  data = await dataFolder()
})
afterAll(async () => {
  await server?.stop()
  await data.remove()
})

const admin = (args: string[], input?: string) =>
  pressroom(['admin', ...args], data.path, {}, undefined, input)
const made = async <T>(args: string[], input?: string): Promise<T> => {
  const { code, stdout, stderr } = await admin([...args, '--json'], input)
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as T
}
const clientOf = async (email: string, password: string) =>
  createPressroomClient({ url: server.url, cookie: await cookieOf(server.url, { email, password }) })

describe('pressroom admin', () => {
  let organisation: { id: string; slug: string; name: string }

  test('makes organisations and people before any server runs, and they sign in when one does', async () => {
    organisation = await made(['create-org', 'Press & Partners'])
    expect(organisation).toMatchObject({ slug: 'press-partners', name: 'Press & Partners' })
    expect(await made(['list-orgs'])).toContainEqual(organisation)
    const user = ['create-user', EMAIL, '--org', organisation.slug, '--role', 'owner', '--name', 'Grace']
    expect(await made([...user, '--password-stdin'], `${PASSWORD}\n`)).toMatchObject({ role: 'owner' })
    server = await startServer(data.path)
    const client = await clientOf(EMAIL, PASSWORD)
    expect(await client.session.get.query()).toMatchObject({
      user: { name: 'Grace', email: EMAIL },
      organisation: { id: organisation.id },
      role: 'owner',
    })
    expect(await client.catalog.contentTypes.query()).not.toHaveLength(0)
  })

  test('makes a key beside a running server, and prints it once, alone on stdout', async () => {
    const args = ['create-key', '--org', organisation.id, '--role', 'builder', '--name', 'Robot']
    const { code, stdout, stderr } = await admin(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^prk_[\w-]{43}\n$/)
    expect(stderr).toContain('Authorization: Bearer')
    const client = createPressroomClient({ url: server.url, key: stdout.trim() })
    expect(await client.session.get.query()).toMatchObject({
      user: { name: 'Robot', email: null },
      role: 'builder',
    })
    const { id } = await client.flows.create.mutate({ name: 'Tea' })
    const other = await client.flows.create.mutate({ name: 'Toast' })
    const narrow = await made<{ key: string; expiresAt: string }>([
      ...args,
      '--flow',
      id,
      '--expires-days',
      '2',
    ])
    expect(Date.parse(narrow.expiresAt) - Date.now()).toBeLessThanOrEqual(2 * 86_400_000)
    const limited = createPressroomClient({ url: server.url, key: narrow.key })
    expect(await limited.flows.list.query()).toMatchObject([{ id }])
    await expect(limited.flows.get.query({ id: other.id })).rejects.toMatchObject({
      data: { httpStatus: 404 },
    })
    const asViewer = await admin(args.with(4, 'viewer'))
    expect([asViewer.code, asViewer.stdout]).toEqual([2, ''])
  })

  test('gives a new password, with which alone one signs in, and ends the sessions of before', async () => {
    const before = await clientOf(EMAIL, PASSWORD)
    const { code } = await admin(['reset-password', EMAIL, '--password-stdin'], 'another good password')
    expect(code).toBe(0)
    await expect(before.session.get.query()).rejects.toMatchObject({ data: { httpStatus: 401 } })
    await expect(clientOf(EMAIL, PASSWORD)).rejects.toThrow('401')
    const after = await clientOf(EMAIL, 'another good password')
    expect(await after.session.get.query()).toMatchObject({ user: { email: EMAIL } })
  })

  test('adds somebody who has an account to one more organisation without touching their password', async () => {
    const to = ['--org', 'default', '--role', 'viewer']
    const taken = await admin(['create-user', EMAIL, ...to, '--password-stdin'], 'somebody else’s')
    expect([taken.code, taken.stdout]).toEqual([2, ''])
    await made(['create-user', EMAIL, ...to])
    const client = await clientOf(EMAIL, 'another good password')
    const mine = await client.organisation.mine.query()
    expect(mine.map(({ id, roleName }) => [id, roleName])).toEqual([
      [organisation.id, 'Owner'],
      ['default', 'Viewer'],
    ])
  })

  test.each([
    [
      ['create-user', 'x@example.org', '--org', 'nowhere', '--role', 'viewer', '--password-stdin'],
      'no organisation',
    ],
    [
      ['create-user', 'x@example.org', '--org', 'default', '--role', 'king', '--password-stdin'],
      'no role "king"',
    ],
    [
      ['create-user', 'nobody', '--org', 'default', '--role', 'viewer', '--password-stdin'],
      'no e-mail address',
    ],
    [['create-user', 'x@example.org', '--org', 'default', '--role', 'viewer'], 'needs a password'],
    [['reset-password', 'x@example.org', '--password-stdin'], 'Nobody has an account'],
    [['clear-two-factor', 'x@example.org'], 'Nobody has an account'],
    [['create-key', '--org', 'default', '--role', 'viewer', '--name', 'N', '--flow', 'none'], 'no such flow'],
    [
      ['create-key', '--org', 'default', '--role', 'viewer', '--name', 'N', '--expires-days', '0'],
      'whole number',
    ],
    [['create-org', ' '], 'characters'],
  ])('%j is refused with exit code 2, and says why', async (args, message) => {
    const { code, stdout, stderr } = await admin(args, PASSWORD)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  test('refuses a password that is too short', async () => {
    const { code, stderr } = await admin(['reset-password', EMAIL, '--password-stdin'], 'short')
    expect(code).toBe(2)
    expect(stderr).toContain('10 to 128 characters')
  })
})
