import {
  NodeError,
  briefSchema,
  contentTypeChoice,
  defineNode,
  exampleBrief,
  exampleContentType,
  shortened,
  z,
} from '#sdk'
import type { Brief } from '#sdk'

const { contentType: _given, ...exampleInput } = exampleBrief
const runInput = z.object({ brief: briefSchema.omit({ contentType: true }) })

const filled = (text: string | undefined) =>
  text === undefined || text.trim() === '' ? undefined : text.trim()

export default defineNode({
  type: 'brief',
  version: 1,
  title: 'Brief',
  summary: 'Asks for the brief of a piece of content when the flow is run, and hands it on.',
  category: 'input',
  icon: 'clipboard-outline',
  mode: 'all',
  config: z.object({
    contentType: contentTypeChoice().meta({
      title: 'Content type',
      description:
        'What is being written. It decides the questions of the brief and the house rules for everyone.',
    }),
  }),
  inputs: {},
  outputs: { brief: { type: 'brief', title: 'Brief' } },
  uses: [],
  examples: [
    {
      title: 'hands on the answers together with the content type',
      config: { contentType: 'blog-post' },
      inputs: {},
      runInput: { brief: { ...exampleInput, constraints: '  ' } },
      contentType: exampleContentType,
      outputs: { brief: [exampleBrief] },
    },
  ],
  run({ run, config, contentType }) {
    if (contentType === null) {
      throw new NodeError({
        code: 'config.invalid',
        message: `There is no content type "${config.contentType}".`,
        fix: 'Choose one of the existing content types in this node.',
      })
    }
    const parsed = runInput.safeParse(run.input)
    if (!parsed.success) {
      const at = parsed.error.issues[0]
      throw new NodeError({
        message: `The brief can't be used: ${at?.path.join('.') ?? 'brief'}: ${at?.message ?? 'missing'}`,
        fix: 'Answer every required question of the brief and run again.',
      })
    }
    const { constraints, examples, additionalContext, ...answers } = parsed.data.brief
    const optional = Object.entries({ constraints, examples, additionalContext }).flatMap(([key, text]) => {
      const value = filled(text)
      return value === undefined ? [] : [[key, value] as const]
    })
    const brief: Brief = { ...answers, contentType, ...Object.fromEntries(optional) }
    return { brief: [{ label: shortened(brief.topic), value: brief }] }
  },
})
