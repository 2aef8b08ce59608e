// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  const kept = []
  for (;;) {
    const held = new Float64Array(10_000)
    kept.push(() => held)
  }
}
