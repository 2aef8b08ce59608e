/** Opens the database of a folder, says so in one line of JSON, and closes it when its input ends. */
import { failureOf } from '#graph'
import { openDatabase } from '../open-database.ts'

const [dataDir = '', mode = ''] = process.argv.slice(2)
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

try {
  const database = await openDatabase({ dataDir, mode: mode === 'server' ? 'server' : 'join' })
  say({ adminUrl: database.adminUrl, postgres: database.embedded?.pid })
  for await (const _chunk of process.stdin);
  await database.close()
} catch (error) {
  say({ failure: failureOf(error) })
  process.exitCode = 1
}
