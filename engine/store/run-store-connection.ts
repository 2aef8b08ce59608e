import pg from 'pg'
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg'
import { PressroomError } from '#graph'
import { storeFailure } from './store-failure.ts'

/**
 * Starts a transaction that sees one organisation's rows. The planner is told to look rows up by index: prepared
 * plans outlive the small tables that they were made for.
 */
export function begin(organisationId: string, mode = ''): QueryConfig {
  return {
    text:
      `BEGIN ${mode}; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; ` +
      `SET LOCAL enable_mergejoin = off; SET LOCAL app.org_id = ${pg.escapeLiteral(organisationId)}`,
  }
}

export function enter(organisationId: string): QueryConfig {
  return { text: `SET LOCAL app.org_id = ${pg.escapeLiteral(organisationId)}` }
}

export const COMMIT: QueryConfig = { text: 'COMMIT' }
export const ROLLBACK: QueryConfig = { text: 'ROLLBACK' }

/**
 * Runs queries in order, in one round trip and one write where the pool's connections pipeline. Throws the first
 * failure.
 */
export async function together<const Queries extends readonly QueryConfig[]>(
  client: PoolClient,
  queries: Queries,
): Promise<{ -readonly [Place in keyof Queries]: QueryResult }>
export async function together(client: PoolClient, queries: readonly QueryConfig[]): Promise<QueryResult[]> {
  if (client.pipeline) {
    const { stream } = client.connection
    stream.cork()
    const asked = queries.map((query) => client.query(query))
    stream.uncork()
    const settled = await Promise.allSettled(asked)
    return settled.map((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value
    })
  }
  const results: QueryResult[] = []
  for (const query of queries) results.push(await client.query(query))
  return results
}

/** One query in a transaction of its own that sees one organisation's rows. */
export async function queryIn<Row>(
  pool: Pool,
  organisationId: string,
  query: QueryConfig,
  mode = 'READ ONLY',
): Promise<Row[]> {
  return withConnection(pool, async (client) => {
    const results = await together(client, [begin(organisationId, mode), query, COMMIT])
    return results[1].rows as Row[]
  })
}

/** Calls a function of the database that answers for every organisation. */
export async function acrossOrganisations<Row>(pool: Pool, text: string, values: unknown[]): Promise<Row[]> {
  return withConnection(pool, async (client) => (await client.query({ text, values })).rows as Row[])
}

/** Lends a connection. Whatever fails in between is rolled back; a connection that can't do that is thrown away. */
export async function withConnection<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  let client: PoolClient
  try {
    client = await pool.connect()
  } catch (error) {
    throw storeFailure(error)
  }
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    return await work(client)
  } catch (error) {
    await client.query('ROLLBACK').catch(onError)
    throw storeFailure(error)
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

export function isRefused(error: unknown): boolean {
  return error instanceof PressroomError && error.failure.code === 'store.refused'
}
