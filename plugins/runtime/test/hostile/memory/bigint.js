// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  let value = 7n
  for (;;) value = value ** 9n
}
