/** Started by a test that kills it: owns a sandbox and prints the id of its process, then keeps a step looping in it. */
import { hostWith, testSandbox } from './harness.ts'

const box = await testSandbox({ limits: { sliceMs: 600_000 } })
await box.run('talker', {})
const [owned] = (await box.sandbox.stats()).processes
const host = hostWith()
void box.run('talker', { prompts: ['a'], after: 'loop' }, { host })
process.stdout.write(`${owned?.pid}\n`)
