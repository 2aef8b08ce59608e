// must: returns "contained"
export default async () => {
  for (const name of [
    'node:fs',
    'fs',
    'isolated-vm',
    '/etc/passwd',
    'data:text/javascript,export default 1',
  ]) {
    try {
      const found = await import(name)
      return Object.keys(found)
    } catch {}
  }
  return 'contained'
}
