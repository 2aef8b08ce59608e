import pg from 'pg'

/** Row by row: TRUNCATE would lock the tables in another order than a worker does and now and then die of it. */
export async function emptyQueues(connectionString: string) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name
     FROM pg_tables WHERE schemaname = 'bullmq' AND tablename <> 'migration'`,
  )
  for (const { name } of rows) await client.query(`DELETE FROM ${name}`)
  await client.end()
}
