export const STAGES = [
  { key: 'brief', name: 'Brief', nodeTypes: ['brief'] },
  { key: 'other', name: 'Other steps', nodeTypes: [] },
  { key: 'writing', name: 'Writing', nodeTypes: ['writer'] },
  { key: 'editing', name: 'Editing', nodeTypes: ['editor'] },
  { key: 'evaluating', name: 'Evaluating', nodeTypes: ['evaluator'] },
  { key: 'ranking', name: 'Ranking', nodeTypes: ['rank'] },
  { key: 'deliverable', name: 'Deliverable', nodeTypes: ['deliverable'] },
] as const satisfies { key: string; name: string; nodeTypes: readonly string[] }[]

export type StageKey = (typeof STAGES)[number]['key']

/** The stage in which people look for a node's steps. */
export function stageOf(nodeType: string): StageKey {
  return STAGES.find(({ nodeTypes }) => (nodeTypes as readonly string[]).includes(nodeType))?.key ?? 'other'
}
