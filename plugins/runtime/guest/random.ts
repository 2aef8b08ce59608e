/** A seed of 32 bits from text (FNV-1a). */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i)
    value = Math.imul(value, 0x01000193)
  }
  return value >>> 0
}

/** Numbers in [0, 1) that depend on `key` alone (sfc32, seeded by four hashes of the key). */
export function randomFrom(key: string): () => number {
  let a = hash(`a:${key}`)
  let b = hash(`b:${key}`)
  let c = hash(`c:${key}`)
  let counter = hash(`d:${key}`) | 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  for (let i = 0; i < 12; i++) next()
  return next
}
