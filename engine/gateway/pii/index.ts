export { type Detector, createDetector, detect } from './detect.ts'
export { parseDictionary } from './dictionary.ts'
export {
  ACTIONS,
  type Action,
  DESTINATIONS,
  type Destination,
  type Rules,
  STRICT,
  blockedError,
  rulesSchema,
  stricter,
  treat,
} from './policy.ts'
export { type Style } from './pseudonyms/make.ts'
export { type Pseudonymiser, createPseudonymiser } from './pseudonyms/pseudonymiser.ts'
export { createRestorer, restore, restoreJson } from './pseudonyms/restore.ts'
export { Vault, type VaultEntry } from './pseudonyms/vault.ts'
export { type DetectOptions, type Detection, ENTITY_TYPES, type EntityType, type Term } from './types.ts'
