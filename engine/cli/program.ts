import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { PRIORITIES } from '#graph'
import {
  clearTwoFactor,
  createKey,
  createOrganisation,
  createUser,
  listOrganisations,
  resetPassword,
  showSetupCode,
} from './admin.ts'
import { exportAudit, verifyAudit } from './audit.ts'
import { doctor } from './doctor.ts'
import { listModels, pullModel } from './models.ts'
import { tellFailure } from './output.ts'
import { applyPolicy, restoreText, scanText } from './pii.ts'
import { EXIT, type Pressroom, type TakeSignals } from './pressroom.ts'
import { runPluginFile } from './plugins.ts'
import { rerunFrom, retryRun, run } from './run.ts'
import { controlRun, listRuns, showInputs, showRun } from './runs.ts'
import { rewrapKeys, rotateKeys } from './secrets.ts'

const MAX_DAYS = 3_650
const ONCE = 'sent again with the same key within a day, it starts nothing again'
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The command line. Returns the exit code; results are on stdout alone. */
export async function main(args: string[], open: () => Pressroom): Promise<number> {
  let code: number = EXIT.ok
  const act: Act = async (work) => {
    const pressroom = open()
    // Until a command says what a signal means to it, one ends it: what is open or still opening is closed.
    const giveUp = () => void pressroom.close().finally(() => process.exit(EXIT.interrupted))
    for (const signal of SIGNALS) process.on(signal, giveUp)
    const takeSignals = (handler: () => void) => {
      for (const signal of SIGNALS) process.off(signal, giveUp).on(signal, handler)
    }
    try {
      code = (await work(pressroom, takeSignals)) ?? EXIT.ok
    } finally {
      await pressroom.close()
    }
  }
  try {
    await program(act).parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput
    return tellFailure(error)
  }
  return code
}

type Act = (work: (pressroom: Pressroom, takeSignals: TakeSignals) => Promise<number | void>) => Promise<void>

function program(act: Act): Command {
  const root = new Command('pressroom')
    .description('Runs content flows inside your own walls.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })

  root
    .command('start')
    .description('the whole of Pressroom, until stopped')
    .action(() => act((pressroom, takeSignals) => pressroom.serve(takeSignals)))

  root
    .command('run')
    .description('runs a template or a saved flow and prints what it came to')
    .argument('<template>', 'id of a template or a flow, such as blog-post-swarm')
    .requiredOption('--input <file>', 'JSON file with the brief; "-" reads standard input')
    .option('--json', 'print one JSON document')
    .option(
      '--seed <number>',
      'the same input and seed give the same result with the sample model',
      wholeNumber,
    )
    .addOption(
      new Option('--priority <priority>', 'whose steps go first; the flow’s own when left out').choices(
        PRIORITIES,
      ),
    )
    .option('--idempotency-key <key>', ONCE)
    .action((target, options) =>
      act((pressroom, takeSignals) => run(pressroom, target, options, takeSignals)),
    )

  const runs = root
    .command('runs')
    .description('lists runs')
    .option('--json', 'print JSON')
    .option('--limit <number>', 'how many at most', wholeNumber, 50)
    .action((options) => act((pressroom) => listRuns(pressroom, options)))
  runs
    .command('show')
    .description('a run with its steps and events')
    .argument('<id>')
    .option('--json', 'print one JSON document')
    .action((id, _options, command) => act((pressroom) => showRun(pressroom, id, command.optsWithGlobals())))

  const control = {
    pause: 'starts nothing new in a run; the model call in flight may finish',
    resume: 'lets a paused run go on where it was',
    cancel: 'ends a run and stops its model calls',
  } as const
  for (const action of ['pause', 'resume', 'cancel'] as const) {
    runs
      .command(action)
      .description(control[action])
      .argument('<id>')
      .action((id) => act((pressroom) => controlRun(pressroom, action, id)))
  }
  runs
    .command('inputs')
    .description('what arrived at a node of a run, as JSON that "runs rerun --input" takes')
    .argument('<id>')
    .requiredOption('--node <node>', 'id of the node')
    .action((id, options) => act((pressroom) => showInputs(pressroom, id, options)))
  runs
    .command('retry')
    .description('a new run of one that has ended: what did not succeed, and what follows it')
    .argument('<id>')
    .option('--json', 'print one JSON document')
    .option('--idempotency-key <key>', ONCE)
    .action((id, _options, command) =>
      act((pressroom, takeSignals) => retryRun(pressroom, id, command.optsWithGlobals(), takeSignals)),
    )
  runs
    .command('rerun')
    .description('a new run of one that has ended: a node and what follows it')
    .argument('<id>')
    .requiredOption('--from <node>', 'id of the node to begin at')
    .option('--input <file>', 'JSON file with changed items by their paths; "-" reads standard input')
    .option('--draft', 'the flow as its draft is now')
    .option('--json', 'print one JSON document')
    .option('--idempotency-key <key>', ONCE)
    .action((id, _options, command) =>
      act((pressroom, takeSignals) => rerunFrom(pressroom, id, command.optsWithGlobals(), takeSignals)),
    )

  const models = root.command('models').description('model servers and their models')
  models
    .command('list', { isDefault: true })
    .option('--json', 'print JSON')
    .action((options) => act((pressroom) => listModels(pressroom, options)))
  models
    .command('pull')
    .description('downloads a model into Ollama')
    .argument('<model>')
    .action((model) => act((pressroom) => pullModel(pressroom, model)))

  root
    .command('plugin')
    .description('plugins, by themselves')
    .command('run')
    .description('runs the one file of a plugin in the sandbox, once, outside any flow')
    .argument('<file>', 'a node, a function (input, host) => output, or the body of one')
    .option('--grants <file>', 'JSON file with what it may do; left out, nothing')
    .option('--input <file>', 'JSON file with what arrives; "-" reads standard input')
    .option('--json', 'print one JSON document')
    .action((file, options) => act((pressroom) => runPluginFile(pressroom, file, options)))

  root
    .command('doctor')
    .description('says what is configured, reachable, missing, and how to mend it')
    .option('--json', 'print JSON')
    .action((options) => act((pressroom) => doctor(pressroom, options)))

  root
    .command('setup-code')
    .description('prints the code that the first screen asks for')
    .option('--json', 'print JSON')
    .action((options) => act((pressroom) => showSetupCode(pressroom, options)))

  const audit = root.command('audit').description('the log of who did what')
  audit
    .command('verify')
    .description('walks the chain of every log and names the first broken link')
    .option('--org <organisation>', 'id or slug; left out, all of them')
    .option('--json', 'print JSON')
    .action((options) => act((pressroom) => verifyAudit(pressroom, options)))
  audit
    .command('export')
    .description('prints every entry as a line of JSON, oldest first')
    .requiredOption('--org <organisation>', 'id or slug of the organisation')
    .action((options) => act((pressroom) => exportAudit(pressroom, options)))

  const pii = root.command('pii').description('personal data in a text on standard input')
  const lines = ['--jsonl', '{"id", "text"} a line in, {"id", "spans", "output"} a line out'] as const
  const vault = ['--vault <file>', 'keeps what pseudonyms stand for; left out, a file in DATA_DIR'] as const
  const dictionary = ['--dictionary <file>', 'own terms as CSV: type,text[,pseudonym] a line'] as const
  pii
    .command('scan')
    .description('where personal data is, offsets in UTF-16 units')
    .option('--json', 'print one JSON array')
    .option(...dictionary)
    .option(...lines)
    .action((options) => act((pressroom) => scanText(pressroom, options)))
  pii
    .command('apply')
    .description('the text as it would leave under the strict policy')
    .requiredOption('--destination <class>', 'such as external-model or mail-export')
    .addOption(
      new Option('--style <style>', 'of pseudonyms').choices(['realistic', 'token']).default('realistic'),
    )
    .option(...dictionary)
    .option(...vault)
    .option(...lines)
    .action((options) => act((pressroom) => applyPolicy(pressroom, options)))
  pii
    .command('restore')
    .description('the originals again, in a text that "pii apply" has printed')
    .option(...vault)
    .option(...lines)
    .action((options) => act((pressroom) => restoreText(pressroom, options)))

  const secrets = root.command('secrets').description('the keys under which secrets are stored')
  secrets
    .command('rotate')
    .description('seals all secrets anew under new data keys')
    .option('--org <organisation>', 'id or slug; left out, all of them')
    .action((options) => act((pressroom) => rotateKeys(pressroom, options)))
  secrets
    .command('rewrap')
    .description('after a change of the master key: wraps the data keys with the present one')
    .action(() => act((pressroom) => rewrapKeys(pressroom)))

  const admin = root
    .command('admin')
    .description('organisations, people and keys, for the operator of the server')
  admin
    .command('create-org')
    .description('makes an organisation with everything that one starts with')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action((name, options) => act((pressroom) => createOrganisation(pressroom, name, options)))
  admin
    .command('list-orgs')
    .description('lists organisations')
    .option('--json', 'print JSON')
    .action((options) => act((pressroom) => listOrganisations(pressroom, options)))
  admin
    .command('create-user')
    .description('adds a person to an organisation; without a password, one who has an account already')
    .argument('<email>')
    .requiredOption('--org <organisation>', 'id or slug of the organisation')
    .requiredOption('--role <role>', 'owner, admin, builder, operator, reviewer, viewer, or one of its own')
    .option('--password-stdin', 'read the password from standard input')
    .option('--name <name>', 'as others see it; left out, the first part of the address')
    .option('--json', 'print JSON')
    .action((email, options) => act((pressroom) => createUser(pressroom, email, options)))
  admin
    .command('create-key')
    .description('makes an API key of a service account and prints it, this once')
    .requiredOption('--org <organisation>', 'id or slug of the organisation')
    .requiredOption('--role <role>', 'what it may do')
    .requiredOption('--name <name>', 'of the service account, which is made where there is none')
    .option('--flow <flow...>', 'limits the key to these flows, by id or slug')
    .option('--expires-days <days>', 'how long it works; left out, until it is revoked', days)
    .option('--json', 'print JSON')
    .action((options) => act((pressroom) => createKey(pressroom, options)))
  admin
    .command('reset-password')
    .description('gives an account a new password and ends its sessions')
    .argument('<email>')
    .requiredOption('--password-stdin', 'read the password from standard input')
    .action((email) => act((pressroom) => resetPassword(pressroom, email)))
  admin
    .command('clear-two-factor')
    .description('takes the second factor from somebody who lost it, and ends their sessions')
    .argument('<email>')
    .action((email) => act((pressroom) => clearTwoFactor(pressroom, email)))
  return root
}

function days(text: string): number {
  const number = wholeNumber(text)
  if (number >= 1 && number <= MAX_DAYS) return number
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_DAYS}.`)
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}
