// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => Array(1e9).fill(0).length
