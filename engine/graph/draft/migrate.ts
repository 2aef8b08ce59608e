import type { Finding } from '../findings.ts'
import { FLOW_SCHEMA_VERSION, type Flow } from '../flow.ts'
import { parseFlow } from '../validate.ts'
import { isRecord } from './shape.ts'

type Document = Record<string, unknown>

/** From a version to the next one: `2: (document) => ...` makes a version 3 of a version 2. Version 1 was the first. */
export type Migrations = Record<number, (document: Document) => Document>
const MIGRATIONS: Migrations = {}

export interface Migrated {
  /** Null where the document can't be used; `findings` say why. */
  flow: Flow | null
  findings: Finding[]
  /** The version that the document had; null where it doesn't say. */
  from: number | null
}

/** Reads a document of any version there ever was. Nothing of it is used unless all of it fits. */
export function migrateFlow(document: unknown, migrations = MIGRATIONS): Migrated {
  const refused = (code: string, message: string, fix: string, from: number | null = null): Migrated => ({
    flow: null,
    findings: [{ code, severity: 'error', nodeId: null, path: 'schemaVersion', message, fix }],
    from,
  })
  if (!isRecord(document)) return { ...parseFlow(document), from: null }
  const from = document['schemaVersion']
  if (from === undefined) {
    const fix = `Choose a file that Pressroom exported, or add "schemaVersion": ${FLOW_SCHEMA_VERSION}.`
    return refused('flow.version_missing', 'this document does not say which version of a flow it is', fix)
  }
  if (typeof from !== 'number' || !Number.isInteger(from)) {
    const fix = `Give a whole number; this Pressroom writes ${FLOW_SCHEMA_VERSION}.`
    return refused('flow.version_unknown', 'the version is not a number', fix)
  }
  if (from > FLOW_SCHEMA_VERSION) {
    const message = `this flow has version ${from}; this Pressroom knows versions up to ${FLOW_SCHEMA_VERSION}`
    return refused('flow.version_newer', message, 'Update Pressroom, then import it again.', from)
  }
  let current: Document = document
  for (let version = from; version < FLOW_SCHEMA_VERSION; version++) {
    const step = Object.hasOwn(migrations, version) ? migrations[version] : undefined
    if (!step) {
      const fix = 'Export it again from a Pressroom that can open it.'
      return refused('flow.version_unknown', `there never was a version ${version} of flows`, fix, from)
    }
    current = { ...step(current), schemaVersion: version + 1 }
  }
  return { ...parseFlow(current), from }
}
