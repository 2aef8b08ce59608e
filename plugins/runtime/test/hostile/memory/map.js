// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  const map = new Map()
  for (let key = 0; ; key++) map.set(key, { key })
}
