import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { PERMISSION_NAMES } from '#access'
import { PERMISSIONS_PAGE, permissionsPage } from './testing/permissions-page.ts'
import { OPERATIONS } from './testing/routes.ts'

it('docs/permissions.md says what the code does; "npm run permissions" puts it right', async () => {
  expect(await readFile(PERMISSIONS_PAGE, 'utf8')).toBe(permissionsPage())
})

it('names every permission and every operation', () => {
  const page = permissionsPage()
  for (const name of [...PERMISSION_NAMES, ...OPERATIONS.map((operation) => operation.name)]) {
    expect(page).toContain(`\`${name}\``)
  }
})
