/** `npm run permissions` writes `docs/permissions.md`; a test says when it is no longer what the code does. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BUILT_IN_ROLES, PERMISSIONS, PERMISSION_NAMES } from '#access'
import { type Admits, OPERATIONS, type Operation } from './routes.ts'

export const PERMISSIONS_PAGE = join(import.meta.dirname, '../../../docs/permissions.md')

const WHO: Record<'signed-in' | 'public', string> = {
  'signed-in': 'Everybody who is signed in, and every API key; what is not one’s own asks for more',
  public: 'Anybody, also without signing in',
}

export const permissionsPage = (): string => `# Permissions

Written by \`npm run permissions\` from the code; a test fails when the two differ.

A role is a set of permissions. These six every organisation has; roles of its own are any other set. An API key has
what it was given and its holder has too. Postgres keeps organisations apart besides, whatever anybody is permitted.

## What each role may do

${table([
  ['permission', 'allows to', ...BUILT_IN_ROLES.map(({ name }) => name)],
  ['---', '---', ...BUILT_IN_ROLES.map(() => ':-:')],
  ...PERMISSION_NAMES.map((name) => [
    code(name),
    PERMISSIONS[name],
    ...BUILT_IN_ROLES.map(({ permissions }) => (permissions.includes(name) ? '✓' : '')),
  ]),
])}

## What each operation asks for

Procedures are called under \`/trpc\`; the others are paths of their own. Those without a mark are read with GET.

${table([
  ['permission', 'operations'],
  ['---', '---'],
  ...[...PERMISSION_NAMES, 'signed-in' as const, 'public' as const].map((admits) => [
    admits === 'signed-in' || admits === 'public' ? WHO[admits] : code(admits),
    askingFor(admits),
  ]),
])}
`

const MARKS: Partial<Record<Operation['kind'], string>> = {
  mutation: ' (POST)',
  subscription: ' (stream)',
  socket: ' (socket)',
}

const askingFor = (admits: Admits): string =>
  OPERATIONS.filter((operation) => operation.admits === admits)
    .map(({ name, kind }) => code(name) + (MARKS[kind] ?? ''))
    .toSorted()
    .join(', ') || 'nothing yet'

const code = (text: string) => `\`${text}\``
const table = (rows: string[][]) => rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')

if (import.meta.main) await writeFile(PERMISSIONS_PAGE, permissionsPage())
