// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  let text = 'x'
  for (;;) text = [text, text].join('-')
}
