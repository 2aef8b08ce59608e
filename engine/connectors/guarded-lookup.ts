import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { PressroomError } from '#graph'

/**
 * Resolves names as usual and refuses those of which any address may not be connected to. What was checked is what is
 * connected to: a name that changes its mind in between gains nothing.
 */
export function guardedLookup(mayReach: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const [first] = found
      if (!first || !found.every(({ address }) => mayReach(address)))
        return callback(addressRefused(hostname), '', 0)
      if (options.all === true) callback(null, found)
      else callback(null, first.address, first.family)
    })
  }
}

export const addressRefused = (where: string): PressroomError =>
  new PressroomError({
    code: 'destination.address_refused',
    message: `${where} is an address of your own network or of this machine, which this connection may not reach.`,
    fix: 'Tick “May reach addresses of our own network” in the connection, if that is where its server is.',
    facts: { where },
  })
