import { print } from './output.ts'
import { actingIn, organisationsOf } from './operator.ts'
import { EXIT, type Pressroom } from './pressroom.ts'

/** `pressroom secrets rotate`: a new data key for each organisation, under which all its secrets are sealed anew. */
export async function rotateKeys(pressroom: Pressroom, { org }: { org?: string }): Promise<number> {
  const administration = await pressroom.openAdministration()
  for (const organisation of await organisationsOf(administration, org)) {
    const { version, secrets } = await administration.keyRotation.rotate(actingIn(organisation))
    print(`${organisation.slug}: key ${version}, ${secrets} secrets sealed anew`)
  }
  return EXIT.ok
}

/** `pressroom secrets rewrap`: after a change of the master key, which seals the data keys. */
export async function rewrapKeys(pressroom: Pressroom): Promise<number> {
  const administration = await pressroom.openAdministration()
  for (const organisation of await administration.organisations.all()) {
    const { keys } = await administration.keyRotation.rewrap(actingIn(organisation))
    print(`${organisation.slug}: ${keys} keys wrapped by the present master key`)
  }
  print('PRESSROOM_MASTER_KEY_PREVIOUS is no longer needed.')
  return EXIT.ok
}
