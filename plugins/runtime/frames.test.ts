import { expect, test } from 'vitest'
import { FrameReader, encodeFrame } from './frames.ts'

test('frames survive being cut anywhere and being joined', () => {
  const sent = [{ n: 1 }, { n: 2 }, { n: 3 }]
  const bytes = Buffer.concat(sent.map((header, index) => encodeFrame(header, 'é€😀'.repeat(index))))
  for (let size = 1; size <= bytes.length; size++) {
    const reader = new FrameReader(1_000)
    const got = []
    for (let at = 0; at < bytes.length; at += size) got.push(...reader.read(bytes.subarray(at, at + size)))
    expect(got).toEqual(sent.map((header, index) => ({ header, body: 'é€😀'.repeat(index) })))
  }
})

test('a frame above the limit is refused as soon as its lengths are known', () => {
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32BE(10, 0)
  lengths.writeUInt32BE(4_000_000_000, 4)
  expect(() => new FrameReader(1_000).read(lengths)).toThrow(RangeError)
})
