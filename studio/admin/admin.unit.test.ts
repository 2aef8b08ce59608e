import { describe, expect, it } from 'vitest'
import { PERMISSION_NAMES, builtInRole } from '#access'
import { actionName, changesOf } from './audit-words.ts'
import { givable } from './key-limits.ts'
import { PERMISSION_GROUPS } from './permission-groups.ts'
import { membersMatching } from './searching.ts'
import { administers, visibleSections } from './sections.ts'

const permissionsOf = (role: string) => new Set(builtInRole(role)?.permissions)

describe('the administration', () => {
  it('shows every permission in exactly one group', () => {
    const shown = PERMISSION_GROUPS.flatMap(({ permissions }) => permissions)
    expect(shown.toSorted()).toEqual(PERMISSION_NAMES.toSorted())
  })

  it('is in the navigation only of those who look after something', () => {
    expect(
      ['owner', 'admin', 'operator', 'builder', 'reviewer', 'viewer'].filter((role) =>
        administers(permissionsOf(role)),
      ),
    ).toEqual(['owner', 'admin', 'operator'])
  })

  it('leads whoever looks after it to the sections that they may see, and to no other', () => {
    const names = visibleSections(permissionsOf('operator')).map(({ name }) => name)
    expect(names).toEqual([
      'Members',
      'Teams',
      'Roles',
      'Models',
      'Connections',
      'Secrets',
      'Notices',
      'Organisation',
    ])
  })
})

describe('searching members', () => {
  const members = [
    { name: 'Ada Byron', email: 'ada@example.org', roleName: 'Owner', teams: [{ name: 'Launch' }] },
    { name: 'Bo', email: 'bo@example.org', roleName: 'Builder', teams: [] },
  ]
  it('finds those with every word in their name, address, role or teams, in any case and order', () => {
    expect(membersMatching(members, ' launch ADA ').map(({ name }) => name)).toEqual(['Ada Byron'])
    expect(membersMatching(members, 'bo launch')).toEqual([])
    expect(membersMatching(members, '')).toHaveLength(2)
  })
})

describe('a key', () => {
  it('can be given what both its maker and its holder may do, and for single flows only what stays in them', () => {
    const both = givable(permissionsOf('builder'), permissionsOf('operator'), false)
    expect([...both].toSorted()).toEqual([
      'catalog:read',
      'connection:use',
      'flow:read',
      'member:read',
      'run:cancel',
      'run:read',
      'run:start',
    ])
    expect(givable(permissionsOf('owner'), permissionsOf('owner'), true)).not.toContain('member:read')
  })
})

describe('an entry of the audit log', () => {
  it('has a name that people understand, also for an action that nobody named', () => {
    expect(actionName('members.setRole')).toBe('Change a member’s role')
    expect(actionName('serviceAccounts.create')).toBe('Create a service account')
    expect(actionName('newThing.doIt')).toBe('newThing.doIt')
  })

  it('tells value by value what differs, and of lists what came and what went', () => {
    const before = { name: 'A', permissions: ['flow:read', 'run:read'], limit: { on: false, most: 3 } }
    const after = { name: 'A', permissions: ['flow:read', 'flow:write'], limit: { on: true, most: 3 } }
    expect(changesOf({ before, after })).toEqual([
      { what: 'permissions', before: 'run:read', after: 'flow:write' },
      { what: 'limit.on', before: 'no', after: 'yes' },
    ])
  })

  it('tells of something new all that it has, and of something removed all that it had', () => {
    expect(changesOf({ after: { name: 'A', teams: [] } })).toEqual([
      { what: 'name', before: null, after: 'A' },
      { what: 'teams', before: null, after: '' },
    ])
    expect(changesOf({ before: 'x' })).toEqual([{ what: '', before: 'x', after: null }])
  })
})
