/**
 * A frame is two lengths (32 bits each), a JSON header and a body that only its addressee parses. Both sides refuse
 * frames above their limit before they allocate for them.
 */
const LENGTHS = 8

export interface Frame {
  header: unknown
  body: string
}

export function encodeFrame(header: object, body = ''): Buffer {
  const text = JSON.stringify(header)
  const headerBytes = Buffer.byteLength(text)
  const bodyBytes = Buffer.byteLength(body)
  const frame = Buffer.allocUnsafe(LENGTHS + headerBytes + bodyBytes)
  frame.writeUInt32BE(headerBytes, 0)
  frame.writeUInt32BE(bodyBytes, 4)
  frame.write(text, LENGTHS)
  if (bodyBytes > 0) frame.write(body, LENGTHS + headerBytes)
  return frame
}

export class FrameReader {
  readonly #maxBytes: number
  #chunks: Buffer[] = []
  #size = 0
  /** Bytes that the frame under way needs; the lengths alone until they are known. */
  #wanted = LENGTHS

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The frames that this chunk completes. Throws when one is larger than allowed or its header is no JSON. */
  read(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size < this.#wanted) return []
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    const frames: Frame[] = []
    for (;;) {
      this.#wanted = LENGTHS
      if (rest.length < LENGTHS) break
      const header = rest.readUInt32BE(0)
      this.#wanted = LENGTHS + header + rest.readUInt32BE(4)
      if (this.#wanted > this.#maxBytes) throw new RangeError(`frame of ${this.#wanted} bytes`)
      if (rest.length < this.#wanted) break
      frames.push({
        header: JSON.parse(rest.toString('utf8', LENGTHS, LENGTHS + header)),
        body: rest.toString('utf8', LENGTHS + header, this.#wanted),
      })
      rest = rest.subarray(this.#wanted)
    }
    this.#chunks = rest.length > 0 ? [rest] : []
    this.#size = rest.length
    return frames
  }
}
