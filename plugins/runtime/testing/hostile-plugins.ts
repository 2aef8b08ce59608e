/** The plugins of `test/hostile/`: each file says in its first lines what must happen and what it is granted. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { grantsSchema, type Grants } from '#graph'
import { pluginScript } from '../plugin-script.ts'

const FOLDER = join(import.meta.dirname, '..', 'test', 'hostile')

export interface HostilePlugin {
  /** Such as `escape/globals`. */
  name: string
  group: string
  must: { settles: true } | { fails: RegExp } | { returns: unknown }
  grants(outsidePort: number): Grants
  source: string
}

export async function hostilePlugins(): Promise<HostilePlugin[]> {
  const files = (await readdir(FOLDER, { recursive: true })).filter((file) => file.endsWith('.js')).toSorted()
  return Promise.all(
    files.map(async (file) => {
      const source = await readFile(join(FOLDER, file), 'utf8')
      const given = /^\/\/ grants: (.*)$/m.exec(source)?.[1] ?? '{}'
      return {
        name: file.replace(/\.js$/, ''),
        group: file.split('/')[0] ?? '',
        must: mustOf(/^\/\/ must: (.*)$/m.exec(source)?.[1] ?? '', file),
        grants: (port) => grantsSchema.parse(JSON.parse(given.replace('OUTSIDE', String(port)))),
        source,
      }
    }),
  )
}

function mustOf(text: string, file: string): HostilePlugin['must'] {
  if (text === 'settles') return { settles: true }
  if (text.startsWith('fails ')) return { fails: new RegExp(`^${text.slice('fails '.length)}$`) }
  if (text.startsWith('returns ')) return { returns: JSON.parse(text.slice('returns '.length)) }
  throw new Error(`${file} does not say what must happen`)
}

/** The script of a plugin, or the failure of one that can't even become one. */
export const scriptOf = ({ name, source }: HostilePlugin): Promise<string> =>
  pluginScript(`${name}.js`, source)
