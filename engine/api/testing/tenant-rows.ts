import type { Harness } from './harness.ts'

/** A digest of an organisation's rows per table, whatever tables there are, and of its own row. */
export async function tenantRows({ admin }: Pick<Harness, 'admin'>, organisationId: string) {
  digests ??= admin(
    `SELECT string_agg(format(
       'SELECT %L AS name, count(*) || md5(string_agg(t::text, '''' ORDER BY t::text)) AS digest FROM %I t WHERE %I = $1',
       table_name, table_name, column_name), ' UNION ALL ') AS sql
     FROM information_schema.columns WHERE table_schema = 'public'
       AND (column_name = 'organisation_id' OR (table_name, column_name) = ('organisations', 'id'))`,
  ).then(([row]) => String(row?.['sql']))
  return admin(`${await digests} ORDER BY 1`, [organisationId])
}

/** The tables are those of the migrations, so the query is the same for every test. */
let digests: Promise<string> | null = null
