// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  const kept = []
  for (let index = 0; ; index++) kept.push(`${index}`.repeat(10_000).split(''))
}
