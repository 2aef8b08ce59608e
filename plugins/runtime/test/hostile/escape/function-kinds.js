// must: returns "contained"
export default async () => {
  for (const kind of [() => 0, async () => 0, function* () {}, async function* () {}, class {}]) {
    try {
      return String(await kind.constructor('return typeof process')())
    } catch {}
  }
  return 'contained'
}
