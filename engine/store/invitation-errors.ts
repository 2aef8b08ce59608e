import { PressroomError } from '#graph'

const ASK = 'Ask whoever invited you for a new link.'

export const unusable = () =>
  new PressroomError({
    code: 'not_found.invitation',
    message: 'This link leads to no invitation.',
    fix: 'Check that it was copied as a whole; a newer link makes older ones invalid.',
  })

export const alreadyAccepted = () =>
  new PressroomError({
    code: 'conflict.invitation',
    message: 'This invitation was accepted already.',
    fix: 'Sign in with your account.',
  })

export const withdrawn = () =>
  new PressroomError({
    code: 'conflict.invitation',
    message: 'This invitation was taken back.',
    fix: ASK,
  })

export const expired = () =>
  new PressroomError({ code: 'conflict.invitation', message: 'This invitation has expired.', fix: ASK })

export const otherAddress = (email: string) =>
  new PressroomError({
    code: 'auth.other_address',
    message: `This invitation is for ${email}, and you are signed in with another address.`,
    fix: `Sign out, then open the link again and sign in as ${email}.`,
    facts: { email },
  })
