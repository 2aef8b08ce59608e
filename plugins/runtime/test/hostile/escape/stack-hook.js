// must: returns "contained"
export default async (input, host) => {
  const seen = []
  Error.prepareStackTrace = (_error, frames) => frames
  for (const frame of [...new Error('here').stack]) {
    seen.push(frame.getThis?.()?.process, frame.getFunction?.()?.constructor?.name, frame.getFileName?.())
  }
  const leaked = seen.filter(
    (part) => typeof part === 'object' || /node:|process.main|guest/.test(String(part ?? '')),
  )
  return leaked.length === 0 ? 'contained' : leaked.map(String)
}
