import { print, printJson } from './output.ts'
import { EXIT, type Diagnosis, type Pressroom } from './pressroom.ts'

const MARKS: Record<Diagnosis['state'], string> = { ok: '✓', missing: '–', broken: '✗' }

/** `pressroom doctor`: what is configured, reachable or missing, and how to mend it. */
export async function doctor(pressroom: Pressroom, options: { json?: boolean }): Promise<number> {
  const diagnoses = await pressroom.diagnose()
  if (options.json) printJson(diagnoses)
  else {
    for (const { what, state, message, fix } of diagnoses) {
      print(`${MARKS[state]} ${what}: ${message}`)
      if (fix) print(`    ${fix}`)
    }
  }
  return diagnoses.some(({ state }) => state === 'broken') ? EXIT.failed : EXIT.ok
}
