import { randomUUID } from 'node:crypto'
import { asAdmin } from '../../engine/store/testing/server.ts'
import { OWNER, type Person } from './signed-in.ts'

/** Another member of the first administrator's organisation, with the same password. */
export async function addMember(adminUrl: string, name: string, role = 'owner'): Promise<Person> {
  const person = { ...OWNER, name, email: `${name.toLowerCase().replaceAll(' ', '.')}@example.com` }
  const id = randomUUID()
  await asAdmin(adminUrl, async (client) => {
    await client.query('INSERT INTO users (id, name, email) VALUES ($1, $2, $3)', [id, name, person.email])
    await client.query(
      `INSERT INTO accounts (id, user_id, account_id, provider_id, password)
       SELECT $1, $1, $1, 'credential', password FROM accounts a JOIN users u ON u.id = a.user_id WHERE u.email = $2`,
      [id, OWNER.email],
    )
    await client.query(
      `INSERT INTO members (id, organisation_id, user_id, role)
       SELECT $1, organisation_id, $1, $3 FROM members m JOIN users u ON u.id = m.user_id WHERE u.email = $2`,
      [id, OWNER.email, role],
    )
  })
  return person
}

/** Ends everything that this person is signed in with, as time does. */
export async function expireSessions(adminUrl: string, { email }: Person): Promise<void> {
  await asAdmin(adminUrl, (client) =>
    client.query('DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = $1)', [email]),
  )
}
