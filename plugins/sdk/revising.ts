import { unusableReply } from './errors.ts'
import { authorOf } from './items.ts'
import type { Host, ResolvedAgent } from './node.ts'
import { briefBlock, draftBlock, notesBlock, promptOf, systemPromptOf, taskBlock } from './prompts.ts'
import type { Draft, Revision } from './values.ts'

/** The draft's writer revises it in its own voice, through its own model. `purpose` is what people read of the call. */
export async function revise(draft: Draft, notes: string[], purpose: string, host: Host): Promise<Revision> {
  const writer: ResolvedAgent = { agent: draft.writer, model: draft.model }
  const reply = await host.model.generate({
    model: draft.model,
    system: systemPromptOf(draft.writer, draft.brief.contentType),
    prompt: promptOf(
      briefBlock(draft.brief),
      draftBlock(draft.text),
      notesBlock(notes),
      taskBlock(
        'Revise your draft so that it answers every note of the editor.',
        'Keep what the notes do not touch: your voice, the structure, the facts. Invent no facts, names or figures.',
        'Answer with the whole revised text only, in the form that it has: no preface, no list of changes, no code fence.',
      ),
    ),
    purpose,
  })
  const text = reply.text.trim()
  if (text === '') throw unusableReply(`${draft.writer.name} got an empty revision from its model.`, reply)
  return { number: draft.revisions.length + 1, text, author: authorOf(writer), notes, usage: reply.usage }
}

export const revised = (draft: Draft, revision: Revision): Draft => {
  return { ...draft, text: revision.text, revisions: [...draft.revisions, revision] }
}
