import { describe, expect, test } from 'vitest'
import { createSampleProvider, sampleReply } from './index.ts'
import { BRIEF, type TestBrief, balloting, reviewing, revising, scoring, writing } from './testing/prompts.ts'
import { wordsOf } from './language.ts'
import { SHAPES } from './shapes/index.ts'
import { VOICE_NAMES } from './voices.ts'

const of = (slug: string, more: Partial<TestBrief> = {}): TestBrief => ({
  ...BRIEF,
  slug,
  name: slug,
  ...more,
})
const write = (brief: TestBrief, writer = 'creative', seed = 1) => sampleReply(writing(brief, writer, seed))

interface Verdict {
  approved: boolean
  reason: string
  notes: string[]
}
const reviewOf = (brief: TestBrief, text: string, editor: string) =>
  JSON.parse(sampleReply(reviewing(brief, text, editor))) as Verdict
const scoresOf = (brief: TestBrief, text: string, names: string[]) =>
  JSON.parse(sampleReply(scoring(brief, text, names))) as {
    criteria: { name: string; score: number; reason: string }[]
  }

describe('writing', () => {
  test('the same prompt and seed give the same text, another seed another one', () => {
    expect(write(BRIEF)).toBe(write(BRIEF))
    expect(write(BRIEF, 'creative', 2)).not.toBe(write(BRIEF, 'creative', 1))
  })

  test('every personality writes a text of its own', () => {
    expect(new Set(VOICE_NAMES.map((voice) => write(BRIEF, voice))).size).toBe(VOICE_NAMES.length)
  })

  test.each(SHAPES.map(({ slug }) => slug))(
    '%s holds every key point, the topic and what the reader should do',
    (slug) => {
      for (const voice of VOICE_NAMES) {
        const text = write(of(slug), voice).toLowerCase()
        for (const point of BRIEF.keyPoints) expect(text).toContain(point.toLowerCase())
        expect(text).toContain('local-first ai')
        expect(text).toContain('book a pilot')
      }
    },
  )

  test.each(SHAPES.map(({ slug }) => slug))('%s has no figure that the brief does not have', (slug) => {
    const text = write(of(slug)).replace(/^\d+\/\d+ /gm, '')
    expect(text).not.toMatch(/\d/)
  })

  test('a word limit in the constraints is kept', () => {
    const limited = of('blog-post', { constraints: 'At most 120 words.' })
    expect(wordsOf(write(limited)).length).toBeLessThanOrEqual(120)
    expect(wordsOf(write(of('blog-post'))).length).toBeGreaterThan(200)
  })

  test('an informal tone contracts, a formal one does not', () => {
    const informal = write(of('blog-post', { tone: 'casual' }), 'conversational')
    const formal = write(of('blog-post', { tone: 'formal' }), 'conversational')
    expect(informal).toMatch(/\w's |n't |'re /)
    expect(formal).not.toMatch(/\w's |n't |'re /)
  })
})

describe('the shape of each content type', () => {
  test('a blog post has a title, a section per key point and a call to action', () => {
    const text = write(of('blog-post'))
    expect(text).toMatch(/^# \S/)
    for (const point of BRIEF.keyPoints) expect(text).toContain(`\n## ${point}\n`)
    expect(text).toMatch(/\*\*Next step:\*\* Book a pilot\.$/)
  })

  test('a LinkedIn post starts with a hook line and ends with hashtags', () => {
    const blocks = write(of('linkedin-post')).split('\n\n')
    expect(blocks[0]).toMatch(/^[^#\n]{10,}[.?!]$/)
    expect(blocks.at(-1)).toMatch(/^#\w+( #\w+)*$/)
  })

  test('a thread is posts numbered from 1/n to n/n, each under 280 characters', () => {
    const posts = write(of('twitter-thread')).split('\n\n')
    posts.forEach((post, index) => expect(post.startsWith(`${index + 1}/${posts.length} `)).toBe(true))
    expect(Math.max(...posts.map((post) => post.length))).toBeLessThan(280)
    expect(posts.length).toBeGreaterThan(BRIEF.keyPoints.length)
  })

  test('a newsletter has subject, preheader, greeting, call to action and sign-off', () => {
    const text = write(of('email-newsletter'))
    expect(text).toMatch(/^Subject: \S.*\nPreheader: \S.*\n\n(Hello|Dear reader),/)
    expect(text).toContain('**Next step:** Book a pilot.')
    expect(text).toMatch(/\[Sender name\]\n\[Organisation\]$/)
  })

  test('a product description has benefits as a list and leaves price and availability open', () => {
    const text = write(of('product-description'))
    expect(text.match(/^- \*\*/gm)).toHaveLength(3)
    expect(text).toContain('[price]')
  })

  test('a landing page has headline, benefits, a slot for proof, questions and two calls to action', () => {
    const text = write(of('landing-page'))
    expect(text).toMatch(/^# \S.*\n\n\*\*\S/)
    expect(text).toContain('> "[Customer quote]"')
    expect(text).toContain('## Questions and answers')
    expect(text.match(/\*\*\[Book a pilot\]/g)).toHaveLength(2)
  })

  test('a press release has its marks: release line, headline, dateline, quote slot, boilerplate, contact', () => {
    const text = write(of('press-release'))
    expect(text).toMatch(/^FOR IMMEDIATE RELEASE\n\n# \S.*\n\n\*\*\[City\], \[Date\]\*\*/)
    expect(text).toContain('said [Name], [Title]')
    expect(text).toContain('## About [Organisation]')
    expect(text).toMatch(/## Media contact[\s\S]*###$/)
  })

  test('a case study goes from challenge over solution to results without figures', () => {
    const text = write(of('case-study'))
    expect(text).toMatch(/## The challenge[\s\S]*## The solution[\s\S]*## The results/)
    expect(text.match(/\[measured result\]/g)).toHaveLength(3)
  })

  test("an organisation's own content type is matched by its name, else it is an article", () => {
    expect(write(of('company-mail', { name: 'Company mail' }))).toMatch(/^Subject:/)
    expect(write(of('essay', { name: 'Essay' }))).toMatch(/^# /)
  })
})

describe('editing', () => {
  test('for every writer and editor the loop ends in approval within three cycles, and not always in none', () => {
    const cycles: number[] = []
    for (const { slug } of SHAPES) {
      for (const voice of VOICE_NAMES) {
        for (const editor of ['clarity', 'brand', 'engagement', 'seo']) {
          let text = write(of(slug), voice)
          let cycle = 0
          let verdict = reviewOf(of(slug), text, editor)
          while (!verdict.approved && cycle < 5) {
            text = sampleReply(revising(of(slug), text, verdict.notes, voice))
            cycle += 1
            verdict = reviewOf(of(slug), text, editor)
          }
          cycles.push(cycle)
        }
      }
    }
    expect(Math.max(...cycles)).toBeLessThanOrEqual(3)
    expect(cycles.filter((cycle) => cycle > 0).length).toBeGreaterThan(cycles.length / 4)
    expect(cycles.filter((cycle) => cycle === 0).length).toBeGreaterThan(cycles.length / 10)
  })

  test('a missing key point is named in a note, and the revision covers it', () => {
    const text =
      '# Local-first AI for marketing teams\n\nWhat changes? Drafts never leave the firewall. Lower costs per published piece.'
    const verdict = reviewOf(BRIEF, text, 'clarity')
    expect(verdict).toMatchObject({
      approved: false,
      notes: [expect.stringContaining('"Compare several models side by side"')],
    })
    expect(sampleReply(revising(BRIEF, text, verdict.notes))).toContain(
      '## Compare several models side by side',
    )
  })

  test.each([
    [
      'Put the topic "Local-first AI for marketing teams" into the title.',
      /^# Local-first AI for marketing teams: a quiet door/,
    ],
    ['End with a clear call to action.', /\*\*Next step:\*\* Book a pilot\./],
    ['Open with a question that the reader wants answered.', /^# A quiet door\n\n[^\n]*\?/],
    ['Take out the hype: "magic". State the benefit plainly.', /^(?![\s\S]*magic)/],
    ['Take out the exclamation marks; let the words carry the weight.', /^[^!]*$/],
    ['Mention that setup needs no consultant', /setup needs no consultant/i],
  ])('the note %j changes the text as it says', (note, after) => {
    const text =
      '# A quiet door\n\nDrafts stay here. It feels like magic! It lasts.\n\n## Costs\n\nThey fall.'
    expect(text).not.toMatch(after)
    expect(sampleReply(revising(BRIEF, text, [note]))).toMatch(after)
  })

  test('a long sentence that a note names becomes shorter ones, and nothing else changes', () => {
    const long =
      'The plan covers every step that people take from day to day, and it names who is asked when something is missing, because a gap that nobody owns stays a gap for good.'
    const text = `# Title\n\nKeep this.\n\n${long}`
    const revised = sampleReply(
      revising(BRIEF, text, [
        'Split the sentence that begins "The plan covers every step" (33 words) into shorter ones.',
      ]),
    )
    expect(revised).toContain(
      '# Title\n\nKeep this.\n\nThe plan covers every step that people take from day to day. It names',
    )
  })

  test('a thread stays a numbered thread under 280 characters when it is revised', () => {
    const text = write(of('twitter-thread'))
    const revised = sampleReply(
      revising(of('twitter-thread'), text, [`Cover the missing key point "${'very '.repeat(80)}long".`]),
    )
    const posts = revised.split('\n\n')
    posts.forEach((post, index) => expect(post.startsWith(`${index + 1}/${posts.length} `)).toBe(true))
    expect(Math.max(...posts.map((post) => post.length))).toBeLessThan(280)
  })
})

describe('judging', () => {
  const NAMES = ['Clarity', 'Coverage', 'Call to action', 'Originality']

  test('scores are between 1 and 10, named as asked, and state what was measured', () => {
    const { criteria } = scoresOf(BRIEF, write(BRIEF), NAMES)
    expect(criteria.map(({ name }) => name)).toEqual(NAMES)
    for (const { score, reason } of criteria) {
      expect(score).toBeGreaterThanOrEqual(1)
      expect(score).toBeLessThanOrEqual(10)
      expect(reason).toMatch(/\d/)
    }
  })

  test('a text that leaves key points out scores lower on coverage, one without a call lower on action', () => {
    const whole = write(BRIEF)
    const part = '# A note\n\nDrafts never leave the firewall. That is all there is to it.'
    const [, coverage, action] = scoresOf(BRIEF, whole, NAMES).criteria
    const [, lessCoverage, lessAction] = scoresOf(BRIEF, part, NAMES).criteria
    expect(lessCoverage?.score).toBeLessThan(coverage?.score ?? 0)
    expect(lessAction?.score).toBeLessThan(action?.score ?? 0)
  })

  test('different drafts get different scores', () => {
    const sums = VOICE_NAMES.map((voice) =>
      scoresOf(BRIEF, write(BRIEF, voice), NAMES).criteria.reduce((sum, { score }) => sum + score, 0),
    )
    expect(new Set(sums).size).toBe(sums.length)
  })

  test('whole numbers are given where the schema asks for them', () => {
    const { criteria } = JSON.parse(sampleReply(scoring(BRIEF, write(BRIEF), NAMES, true))) as {
      criteria: { score: number }[]
    }
    expect(criteria.every(({ score }) => Number.isInteger(score))).toBe(true)
  })

  test('a ballot places every finalist once and does not depend on the order they are shown in', () => {
    const texts = VOICE_NAMES.map((voice) => write(BRIEF, voice))
    const order = (shown: string[]) =>
      (JSON.parse(sampleReply(balloting(BRIEF, shown))) as { ranking: { label: string }[] }).ranking.map(
        ({ label }) => shown[label.charCodeAt(8) - 65],
      )
    const places = order(texts)
    expect(new Set(places).size).toBe(texts.length)
    expect(order([...texts].reverse())).toEqual(places)
  })
})

describe('as a provider', () => {
  test('the text arrives in pieces that add up to the reply, with an estimate of its tokens', async () => {
    const pieces: string[] = []
    const signal = new AbortController().signal
    const request = { ...writing(BRIEF), model: 'sample-1', temperature: 0.7, maxOutputTokens: 4_096, signal }
    const reply = await createSampleProvider().generate({ ...request, onText: (text) => pieces.push(text) })
    expect(pieces.length).toBeGreaterThan(2)
    expect(pieces.join('')).toBe(reply.text)
    expect(reply.outputTokens).toBe(Math.ceil(wordsOf(reply.text).length * 1.3))
  })

  test('a cancelled call ends after the piece it is at', async () => {
    const controller = new AbortController()
    const pieces: string[] = []
    const call = createSampleProvider().generate({
      ...writing(BRIEF),
      model: 'sample-1',
      temperature: 0.7,
      maxOutputTokens: 4_096,
      signal: controller.signal,
      onText(text) {
        pieces.push(text)
        controller.abort()
      },
    })
    await expect(call).rejects.toMatchObject({ failure: { code: 'step.cancelled', retryable: false } })
    expect(pieces).toHaveLength(1)
  })

  test('a prompt without a brief is answered from its own words', () => {
    const reply = sampleReply({
      system: '',
      prompt: 'A subject line for: our spring sale starts on Monday',
      seed: 1,
    })
    expect(reply).toMatch(/spring/)
    expect(reply).not.toMatch(/sample model/i)
  })
})
