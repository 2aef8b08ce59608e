import pg from 'pg'
import { PressroomError } from '#graph'

/** SQLSTATE classes that blame what was written, not the connection or the moment. */
const REFUSALS = new Set(['22', '23', '42', '44', '54', 'P0'])

interface Reason {
  reason: string
  message: string
  fix: string
}

const GOES_ON = 'Nothing was lost; work goes on by itself as soon as it can.'

const DISK_FULL: Reason = {
  reason: 'disk_full',
  message: "The database's disk is full.",
  fix: `Free some space where Postgres keeps its data. ${GOES_ON}`,
}
const STOPPING: Reason = {
  reason: 'shutdown',
  message: 'Postgres is being stopped or started.',
  fix: `Wait until it is up, or look at its log if it does not come back. ${GOES_ON}`,
}
const CROSSED: Reason = {
  reason: 'contention',
  message: 'Two changes got in the way of each other, and the database took one of them back.',
  fix: 'Nothing: it is tried again.',
}

/** By SQLSTATE, or by the code of a system error. */
const REASONS: Record<string, Reason> = {
  '53100': DISK_FULL,
  ENOSPC: DISK_FULL,
  '53200': {
    reason: 'out_of_memory',
    message: 'The database has run out of memory.',
    fix: `Give the machine of Postgres more memory, or run fewer workers. ${GOES_ON}`,
  },
  '53300': {
    reason: 'too_many_connections',
    message: 'The database takes no more connections.',
    fix: `Raise max_connections of Postgres, or run fewer processes that use it. ${GOES_ON}`,
  },
  '57P01': STOPPING,
  '57P02': STOPPING,
  '57P03': STOPPING,
  '40001': CROSSED,
  '40P01': CROSSED,
  '25006': {
    reason: 'read_only',
    message: 'The database can be read and not written to: it is a replica, or was set so.',
    fix: `Let DATABASE_URL name the Postgres that takes changes. ${GOES_ON}`,
  },
}

/** What went wrong with the database, in words of its own and with whether trying again may help. */
export function storeFailure(error: unknown): PressroomError {
  if (error instanceof PressroomError) return error
  if (error instanceof pg.DatabaseError && REFUSALS.has((error.code ?? '').slice(0, 2))) {
    return new PressroomError(
      {
        code: 'store.refused',
        message: `The database refused what was to be written: ${error.message}.`,
        fix: 'Report this with the facts below: the data of this step does not fit the tables.',
        facts: {
          sqlState: error.code,
          table: error.table,
          constraint: error.constraint,
          detail: error.detail,
        },
      },
      error,
    )
  }
  const words = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  const known = REASONS[code ?? '']
  return new PressroomError(
    {
      code: 'store.unavailable',
      message: known?.message ?? `The database can't be used right now: ${words}.`,
      fix: known?.fix ?? `Look whether Postgres is up and reachable. ${GOES_ON}`,
      retryable: true,
      facts: { reason: known?.reason ?? 'unreachable', code, words },
    },
    error,
  )
}
