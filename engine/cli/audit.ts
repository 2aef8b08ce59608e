import { print, printJson, tell } from './output.ts'
import { actingIn, organisationOf, organisationsOf } from './operator.ts'
import { EXIT, type Pressroom } from './pressroom.ts'

/** `pressroom audit verify`: names the first broken link of every log that has one. */
export async function verifyAudit(
  pressroom: Pressroom,
  { org, json }: { org?: string; json?: boolean },
): Promise<number> {
  const administration = await pressroom.openAdministration()
  const found = []
  for (const { id, slug } of await organisationsOf(administration, org)) {
    found.push({ organisation: slug, ...(await administration.audit.verify(id)) })
  }
  if (json) printJson(found)
  for (const verdict of json ? [] : found) {
    if (verdict.intact)
      print(`${verdict.organisation}: intact, ${verdict.entries} entries, head ${verdict.head || 'none'}`)
    else print(`${verdict.organisation}: broken at entry ${verdict.seq}. ${verdict.reason}`)
  }
  const broken = found.filter(({ intact }) => !intact)
  if (broken.length > 0)
    tell('Compare with a backup, or with an export from before; nobody can have done this through Pressroom.')
  return broken.length > 0 ? EXIT.failed : EXIT.ok
}

/** `pressroom audit export`: every entry as a line of JSON, oldest first; that somebody did is the last one. */
export async function exportAudit(pressroom: Pressroom, { org }: { org: string }): Promise<number> {
  const administration = await pressroom.openAdministration()
  const organisation = await organisationOf(administration, org)
  await administration.audit.append(actingIn(organisation), {
    action: 'audit.export',
    target: null,
    outcome: 'done',
  })
  for await (const batch of administration.audit.all(organisation.id)) {
    print(batch.map((entry) => JSON.stringify(entry)).join('\n'))
  }
  return EXIT.ok
}
