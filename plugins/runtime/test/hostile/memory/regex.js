// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  const kept = []
  for (let index = 0; ; index++)
    kept.push('ab'.repeat(100_000).match(/(a)|(b)/g), new RegExp(`(${'a?'.repeat(2_000)}){${index % 50}}`))
}
