import { sampleReply } from './index.ts'
import { SHAPES } from './shapes/index.ts'
import { briefBlock, draftBlock, notesBlock, promptOf, taskBlock } from '../../../plugins/sdk/prompts.ts'
const voices = ['creative','technical','conversational','persuasive'], editors=['clarity','brand','engagement','seo']
const schema = { type:'object', properties:{approved:{type:'boolean'},reason:{type:'string'},notes:{type:'array',items:{type:'string'}}}, required:['approved','reason','notes'], additionalProperties:false }
const only = process.argv[2]
const counts: Record<string, number> = {}
for (const { slug } of SHAPES) { for (const v of voices) {
  const brief: any = { contentType:{slug,name:slug.replace('-',' '),description:'',systemContext:''}, topic:'Local-first AI for marketing teams', audience:'Marketing leads at regulated companies', goal:'Persuade readers to book a pilot', keyPoints:['Drafts never leave the firewall','Lower costs per published piece','Compare several models side by side'], tone: only==='formal'?'formal':'conversational' }
  const sys = `You are ${v} writer (${v}), writer.\n\nx`
  const text = sampleReply({ system: sys, prompt: promptOf(briefBlock(brief), taskBlock('Write')), seed: 1 })
  if (only === slug) console.log('\n=====', slug, v, '\n' + text)
  for (const e of editors) { let t = text; let cycles = -1
    for (let i=0;i<5;i++) { const r = JSON.parse(sampleReply({ system:`You are ${e} editor (${e}), editor.`, prompt: promptOf(briefBlock(brief), draftBlock(t), taskBlock('Decide')), schema, seed: 3 }))
      if (r.approved) { cycles = i; break }
      if (only===slug || process.argv[3]==='notes') console.log(slug, v, e, i, r.notes, r.reason)
      t = sampleReply({ system: sys, prompt: promptOf(briefBlock(brief), draftBlock(t), notesBlock(r.notes), taskBlock('Revise')), seed: 4 }) }
    counts[cycles] = (counts[cycles] ?? 0) + 1
    if (cycles === -1) console.log('NOT CONVERGED', slug, v, e)
    if (only === slug && e === 'seo') console.log('--- after', cycles, '\n' + t) } } }
console.log(counts)
