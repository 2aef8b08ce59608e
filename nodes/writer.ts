import {
  NodeError,
  agentChoice,
  authorOf,
  briefBlock,
  defineNode,
  draftSchema,
  exampleAgent,
  exampleBrief,
  exampleDraft,
  oneLine,
  promptOf,
  revise,
  revised,
  systemPromptOf,
  taskBlock,
  unusableReply,
  z,
} from '#sdk'
import type { Draft, ResolvedAgent } from '#sdk'

/** The model is named only where the same writer is chosen twice and people could not tell the drafts apart. */
function draftLabel({ agent, model }: ResolvedAgent, chosen: { agent: string }[]): string {
  const twice = chosen.filter((choice) => choice.agent === agent.slug).length > 1
  return twice ? `${agent.name} (${model})` : agent.name
}

export default defineNode({
  type: 'writer',
  version: 1,
  title: 'Writers',
  summary: 'Every chosen writer writes one draft for the brief.',
  category: 'agents',
  icon: 'create-outline',
  mode: 'each',
  per: 'agents',
  config: z.object({
    agents: z.array(agentChoice('writer')).min(1).max(20).meta({
      title: 'Writers',
      description: 'One draft each. Choose a writer twice with different models to compare the models.',
    }),
  }),
  inputs: { brief: { type: 'brief', title: 'Brief', required: true } },
  outputs: { drafts: { type: 'draft', title: 'Drafts' } },
  uses: ['model'],
  calls: [{ model: 'entry', max: 1 }],
  takesNotes: true,
  examples: [
    {
      title: 'writes a first draft in the voice of its writer',
      config: { agents: [{ agent: 'creative' }] },
      inputs: { brief: exampleBrief },
      entry: { agent: exampleAgent('writer'), model: 'creative-auto' },
      replies: ['# A calendar that survives March\n\nBegin with the dates that sales already knows.'],
      outputs: {
        drafts: [
          {
            parent: null,
            editor: null,
            model: 'creative-auto',
            status: 'written',
            text: '# A calendar that survives March\n\nBegin with the dates that sales already knows.',
            revisions: [{ number: 1, notes: [], author: { slug: 'creative', role: 'writer' } }],
            reviews: [],
          },
        ],
      },
    },
    {
      title: 'revises its draft when it comes back with notes',
      config: { agents: [{ agent: 'creative' }] },
      inputs: { brief: exampleBrief },
      entry: { agent: exampleAgent('writer'), model: 'creative-auto' },
      rework: { content: exampleDraft(), notes: 'Shorter' },
      replies: ['Short.'],
      outputs: {
        drafts: [
          { id: 'draft-1', text: 'Short.', revisions: [{ number: 1 }, { number: 2, notes: ['Shorter'] }] },
        ],
      },
    },
  ],
  async run({ step, config, inputs: { brief }, entry, rework, host }) {
    if (brief === undefined || entry === null) {
      throw new NodeError({
        message: 'A writer needs a brief and a personality.',
        fix: 'Connect a brief to this node and choose at least one writer.',
      })
    }
    const label = draftLabel(entry, config.agents)
    if (rework) {
      const before = draftSchema.parse(rework.content)
      return {
        drafts: [{ label, value: revised(before, await revise(before, [rework.notes], 'Revision', host)) }],
      }
    }
    const reply = await host.model.generate({
      model: entry.model,
      system: systemPromptOf(entry.agent, brief.contentType),
      prompt: promptOf(
        briefBlock(brief),
        taskBlock(
          `Write what this brief asks for (${oneLine(brief.contentType.name)}), ready to publish.`,
          'Cover every key point, write for this audience in this tone, and lead the reader to the goal.',
          'Respect the constraints. Use the examples for style, never copy them.',
          'Use only facts that the brief gives. Where a fact, name or quotation is missing, leave a clear placeholder',
          'in square brackets rather than inventing one.',
          'Answer with the finished text only, in Markdown unless the content type is plain text: no preface, no remarks,',
          'no code fence.',
        ),
      ),
      purpose: 'First draft',
    })
    const text = reply.text.trim()
    if (text === '') throw unusableReply(`${entry.agent.name} got an empty text from its model.`, reply)
    const draft: Draft = {
      id: step.id,
      parent: null,
      brief,
      writer: entry.agent,
      editor: null,
      model: entry.model,
      status: 'written',
      text,
      revisions: [{ number: 1, text, author: authorOf(entry), notes: [], usage: reply.usage }],
      reviews: [],
    }
    return { drafts: [{ label, value: draft }] }
  },
})
