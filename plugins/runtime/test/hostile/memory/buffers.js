// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  const kept = []
  for (;;) kept.push(new ArrayBuffer(8 * 1024 * 1024))
}
