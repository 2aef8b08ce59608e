// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  const kept = []
  for (;;) kept.push(new Array(10_000).fill(1.5))
}
