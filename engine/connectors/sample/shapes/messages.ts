import { clip, headingOf, midSentence, upperFirst } from '../language.ts'
import { type Shape, beforeBlock, beforeTrailing, plainBlocks, sentence } from './shape.ts'

export const emailNewsletter: Shape = {
  slug: 'email-newsletter',
  norm: [150, 500],
  headline: 'subject line',
  write(copy, detail) {
    const formal = copy.brief.tone === 'formal' || copy.brief.tone === 'professional'
    return [
      `Subject: ${clip(copy.title, 90)}\nPreheader: ${clip(upperFirst(copy.points[0] ?? copy.topic), 110)}`,
      formal ? 'Dear reader,' : 'Hello,',
      copy.opening.join(' '),
      ...copy.points.flatMap((point) => [
        `## ${upperFirst(headingOf(point))}`,
        copy.underHeading(point, Math.min(detail, 2)).join(' '),
      ]),
      `## ${copy.random.pick(['Before you go', `Before you go: ${copy.topic} in one line`])}`,
      copy.closing,
      `**Next step:** ${sentence(copy.cta)}`,
      `${formal ? 'Kind regards,' : 'Until next time,'}\n[Sender name]\n[Organisation]`,
    ]
  },
  addPoint: (point, sentences) => [`## ${upperFirst(headingOf(point))}`, sentences.join(' ')],
  callToAction: (cta) => `**Next step:** ${sentence(cta)}`,
  endOf: (blocks) =>
    beforeBlock(blocks, /^## Before you go|^\*\*Next step|^(?:Kind regards|Until next time)/),
  ...plainBlocks,
}

export const linkedinPost: Shape = {
  slug: 'linkedin-post',
  norm: [80, 300],
  headline: 'hook line',
  write(copy, detail) {
    const [first = '', ...rest] = copy.opening
    return [
      copy.brief.tone === 'formal'
        ? sentence(copy.title)
        : first.endsWith('?')
          ? first
          : sentence(copy.title),
      (first.endsWith('?') ? rest : copy.opening).slice(0, 2).join(' '),
      ...copy.points.map((point) => copy.section(point, Math.min(detail, 1)).join(' ')),
      copy.closing,
      sentence(copy.cta),
      copy.tags
        .slice(0, 4)
        .map((tag) => `#${tag}`)
        .join(' '),
    ].filter((block) => block !== '')
  },
  addPoint: (_point, sentences) => [sentences.slice(0, 2).join(' ')],
  callToAction: (cta) => `What you can do now: ${sentence(midSentence(cta))}`,
  endOf: (blocks) => Math.max(1, beforeTrailing(blocks, /^#[\p{L}\p{N}]/u) - 2),
  ...plainBlocks,
}

const POST_MAX = 279
const NUMBER = /^\d+\/\d+[ \n]+/

/** A thread's blocks are its posts without their numbers; `1/n` is put in front again when they become a text. */
export const twitterThread: Shape = {
  slug: 'twitter-thread',
  norm: [80, 450],
  headline: 'first post',
  write(copy, detail) {
    const [tag] = copy.tags
    const first = `${sentence(copy.title)} A short thread for ${copy.audience}.`
    const opening = copy.opening.join(' ')
    return [
      ...(detail === 0 ? [`${first} ${copy.opening[0] ?? ''}`] : [first, opening]),
      ...copy.points.map((point) => copy.section(point, Math.min(detail, 2)).join(' ')),
      `${copy.closing} ${sentence(copy.cta)}${tag === undefined ? '' : ` #${tag}`}`,
    ]
  },
  addPoint: (_point, sentences) => [sentences.slice(0, 2).join(' ')],
  callToAction: (cta) => `One last thing: ${sentence(midSentence(cta))}`,
  endOf: (blocks) => Math.max(1, blocks.length - 1),
  blocksOf: (text) => plainBlocks.blocksOf(text).map((post) => post.replace(NUMBER, '')),
  textOf(blocks) {
    const room = POST_MAX - 2 * String(blocks.length * 20).length - 2
    const posts = blocks
      .flatMap((block) => fitted(block.replace(/\s+/g, ' ').trim(), room))
      .filter((post) => post !== '')
    return posts.map((post, index) => `${index + 1}/${posts.length} ${post}`).join('\n\n')
  },
}

/** The text as posts of at most `room` characters, parted between sentences, else words, else anywhere. */
function fitted(text: string, room: number): string[] {
  const posts: string[] = []
  let rest = text
  while (rest.length > room) {
    const head = rest.slice(0, room)
    const stop = Math.max(head.lastIndexOf('. '), head.lastIndexOf('? '), head.lastIndexOf('! '))
    const space = head.lastIndexOf(' ')
    const cut =
      stop > room / 3 ? stop + 1 : space > room / 3 ? space : head.replace(/[\uD800-\uDBFF]$/, '').length
    posts.push(rest.slice(0, cut).trim())
    rest = rest.slice(cut).trim()
  }
  return [...posts, rest]
}
