// must: fails (sandbox\.out_of_memory|sandbox\.timeout|sandbox\.crashed|node\.failed)
export default () => {
  const grown = []
  for (;;) {
    const buffer = new ArrayBuffer(1, { maxByteLength: 256 * 1024 * 1024 })
    buffer.resize(256 * 1024 * 1024)
    grown.push(new Uint8Array(buffer).fill(1))
  }
}
