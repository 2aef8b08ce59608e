import { PressroomError } from '#graph'
import { type Detector, createDetector } from './detect.ts'
import { parseDictionary } from './dictionary.ts'
import { DESTINATIONS, type Destination, STRICT, blockedError, treat } from './policy.ts'
import type { Style } from './pseudonyms/make.ts'
import { createPseudonymiser } from './pseudonyms/pseudonymiser.ts'
import { restore } from './pseudonyms/restore.ts'
import type { Detection } from './types.ts'
import { readVault, writeVault } from './vault-file.ts'

export interface PiiKeys {
  /** Seals vault files. */
  vault: string
  pseudonyms: string
}

export interface Applied {
  spans: Detection[]
  /** Null where the policy keeps the text from leaving; `blocked` says for which types. */
  output: string | null
  blocked?: string[]
}

/** What a person who has a text and a file can do with the strict policy; no database, no network. */
export interface PiiTools {
  /** `dictionary`: an organisation's own terms as CSV, `type,text[,pseudonym]` a line. */
  detector(dictionary?: string): Detector
  open(file: string, destination: string, style: Style, dictionary?: string): OpenVault
  /** @throws PressroomError `config.vault` where the file can't be opened. */
  restorer(file: string): (text: string) => string
}

export interface OpenVault {
  apply(text: string): Applied
  /** @throws PressroomError `policy.blocked` */
  applyOrThrow(text: string): string
  /** Keeps what was replaced. */
  save(): void
}

/** The keys are asked for when they are first needed: a scan needs none. */
export function createPiiTools(keys: () => PiiKeys): PiiTools {
  return {
    detector: (dictionary = '') => createDetector({ terms: parseDictionary(dictionary) }),
    open(file, name, style, dictionary = '') {
      const destination = destinationOf(name)
      const { vault: sealing, pseudonyms: key } = keys()
      const vault = readVault(file, sealing)
      const known = vault.entries.length
      const pseudonymiser = createPseudonymiser({ key, style, vault })
      const terms = parseDictionary(dictionary)
      const detect = createDetector({ terms })
      for (const { type, text, pseudonym } of terms) {
        if (pseudonym === null || vault.has(pseudonym) || vault.pseudonymOf(type, text)) continue
        vault.add({ type, original: text, pseudonym })
      }
      const treated = (text: string) => {
        const spans = detect(text)
        return { spans, ...treat(text, spans, (type) => STRICT[type][destination], pseudonymiser) }
      }
      return {
        apply(text) {
          const { spans, output, blocked } = treated(text)
          return blocked.length > 0 ? { spans, output: null, blocked } : { spans, output }
        },
        applyOrThrow(text) {
          const result = treated(text)
          if (result.blocked.length > 0) throw blockedError(result, destination)
          return result.output
        },
        save() {
          if (vault.entries.length > known) writeVault(file, sealing, vault)
        },
      }
    },
    restorer(file) {
      const vault = readVault(file, keys().vault)
      return (text) => restore(vault, text)
    },
  }
}

function destinationOf(text: string): Destination {
  const found = DESTINATIONS.find((destination) => destination === text)
  if (found) return found
  throw new PressroomError({
    code: 'input.destination',
    message: `There is no destination "${text}".`,
    fix: `Use one of ${DESTINATIONS.join(', ')}.`,
  })
}
