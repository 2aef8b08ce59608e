import type { Copy } from '../copy.ts'

/** What a content type's text looks like. A text is a list of blocks with blank lines between them. */
export interface Shape {
  slug: string
  /** Usual length in words. */
  norm: readonly [min: number, max: number]
  /** What its first line is called in notes to the writer. */
  headline: string
  /** `detail`: remarks per key point, 0 to 3. */
  write(copy: Copy, detail: number): string[]
  /** Blocks for a key point that the text does not cover yet. */
  addPoint(point: string, sentences: string[]): string[]
  callToAction(cta: string): string
  /** Index of the block before which new blocks go, counted from a finished text's blocks. */
  endOf(blocks: string[]): number
  blocksOf(text: string): string[]
  textOf(blocks: string[]): string
}

export const plainBlocks = {
  blocksOf: (text: string) =>
    text
      .split(/\n{2,}/)
      .map((block) => block.trim())
      .filter((block) => block !== ''),
  textOf: (blocks: string[]) => blocks.join('\n\n'),
}

export const sentence = (text: string): string => (/[.!?…]["”’)*]*$/.test(text) ? text : `${text}.`)

/** The first block from the end backwards that all of these do not describe comes after the place looked for. */
export function beforeTrailing(blocks: string[], trailing: RegExp): number {
  let at = blocks.length
  while (at > 1 && trailing.test(blocks[at - 1] ?? '')) at -= 1
  return at
}

export function beforeBlock(blocks: string[], pattern: RegExp): number {
  const at = blocks.findIndex((block, index) => index > 0 && pattern.test(block))
  return at === -1 ? blocks.length : at
}
