import pg from 'pg'

/** The version of the Postgres at this URL. Rejects when it can't be used. */
export async function probeDatabase(databaseUrl: string, patienceMs: number): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: patienceMs })
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    return rows[0]?.server_version ?? 'unknown'
  } finally {
    await client.end()
  }
}
