interface Searched {
  name: string
  email: string
  roleName: string
  teams: readonly { name: string }[]
}

/** Those that have every word somewhere, in any order. */
export function membersMatching<T extends Searched>(members: readonly T[], wanted: string): T[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean)
  return members.filter(({ name, email, roleName, teams }) => {
    const text = [name, email, roleName, ...teams.map((team) => team.name)].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
