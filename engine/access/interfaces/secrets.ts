import type { Acting } from '../audit.ts'

export interface SecretSummary {
  id: string
  name: string
  updatedAt: string
  /** Null where nobody in particular stored it, or where they are gone. */
  updatedByName: string | null
}

/** Secrets go in and never come out, except to the engine itself. */
export interface Secrets {
  list(organisationId: string): Promise<SecretSummary[]>
  create(acting: Acting, secret: { name: string; value: string }): Promise<{ id: string }>
  /** False where there is none. */
  replace(acting: Acting, secret: { id: string; value: string }): Promise<boolean>
  /** False where there is none; refused while something uses it. */
  remove(acting: Acting, id: string): Promise<boolean>
  /** For the engine, at the moment of use. No procedure returns it. */
  open(organisationId: string, id: string): Promise<string>
}

export interface KeyRotation {
  /** A new data key; every secret of the organisation is sealed with it and the old key is deleted. */
  rotate(acting: Acting): Promise<{ version: number; secrets: number }>
  /** Wraps data keys that another master key wrapped with the present one. */
  rewrap(acting: Acting): Promise<{ keys: number }>
}
