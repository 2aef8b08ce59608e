// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  const kept = []
  for (;;) kept.push(new Uint8Array(4 * 1024 * 1024).fill(7))
}
