import type { Permission } from '#access'
import { PressroomError } from '#graph'

export const beyondHolder = (permissions: Permission[]) =>
  new PressroomError({
    code: 'input.beyond_role',
    message: `Whoever the key is for may not do this: ${permissions.join(', ')}.`,
    fix: 'Leave these permissions out, or give its holder another role first.',
    facts: { permissions },
  })

export const beyondFlows = (permissions: Permission[]) =>
  new PressroomError({
    code: 'input.beyond_flows',
    message: `A key for single flows can’t be for what reaches beyond them: ${permissions.join(', ')}.`,
    fix: 'Leave these permissions out, or make a key that is not limited to flows.',
    facts: { permissions },
  })

export const reachesFurther = () =>
  new PressroomError({
    code: 'auth.too_much',
    message: 'A key that is limited to flows can’t make one that is not.',
    fix: 'Limit the new key to flows of this one.',
  })

export const outlives = (expiresAt: Date) =>
  new PressroomError({
    code: 'auth.too_much',
    message: `A key can’t make one that lasts longer than itself: until ${expiresAt.toISOString()}.`,
    fix: 'Let the new key expire by then.',
    facts: { expiresAt: expiresAt.toISOString() },
  })
