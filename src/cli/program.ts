import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { addBest } from './commands/best.js';
import { addBisect } from './commands/bisect.js';
import { addBlame } from './commands/blame.js';
import { addCompare } from './commands/compare.js';
import { addDemo } from './commands/demo.js';
import { addDiff } from './commands/diff.js';
import { addEdits } from './commands/edits.js';
import { addGate } from './commands/gate.js';
import { addIterations } from './commands/iterations.js';
import { addKeys } from './commands/keys.js';
import { addLeaderboard } from './commands/leaderboard.js';
import { addMembers } from './commands/members.js';
import { addMigrate } from './commands/migrate.js';
import { addOpenapi } from './commands/openapi.js';
import { addProjects } from './commands/projects.js';
import { addRace } from './commands/race.js';
import { addReceipt } from './commands/receipt.js';
import { addRefresh } from './commands/refresh.js';
import { addRegressions } from './commands/regressions.js';
import { addRuns } from './commands/runs.js';
import { addSamples } from './commands/samples.js';
import { addServe } from './commands/serve.js';
import { addSync } from './commands/sync.js';
import { addWatch } from './commands/watch.js';
import { createRunner } from './runner.js';
import { FORMATS, wantsJson } from './settings.js';
import type { Shell } from './shell.js';

const EXAMPLES = `
Examples:
  optrail demo                              a first run, offline, in a few seconds
  optrail runs show latest                  what the newest run came to
  optrail best latest > prompt.txt          take the winning prompt away
  optrail runs list --status failed --json

Where the trail is: --db, else OPTRAIL_URL (a server, with OPTRAIL_API_KEY), else OPTRAIL_DATABASE_URL, else SUPABASE_DB_URL, else an embedded database in .optrail
beside the nearest package.json.
Exit codes: 0 done, 1 error, 2 wrong usage, 3 regression or difference, 4 undecided, 130 interrupted. OPTRAIL_DEBUG=1 adds the stack to an error.`;

/** The command line. It throws what goes wrong, wrong usage included, and exits by itself never. */
export function createProgram(shell: Shell): Command {
  const program = new Command('optrail');
  program
    .description('The trail of prompt optimization: runs, iterations and samples in PostgreSQL.')
    .version(version(), '-V, --version')
    .exitOverride()
    // What is wrong is said once, by main, as text or JSON; help for who leaves a command out is no error text.
    .configureOutput({ writeOut: (text) => shell.stdout.write(text), writeErr: (text) => tell(shell, text), outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
    .option('--json', 'the same as --output json')
    .addOption(new Option('--output <format>', 'how the answer is written (default: table)').choices(FORMATS))
    .option(
      '--db <url-or-directory>',
      'where the trail is: a postgresql:// URL, the http:// URL of a server, or the directory of an embedded database',
    )
    .option('--quiet', 'no notes on stderr')
    .option('--no-color', 'no colors (NO_COLOR=1 does the same)')
    .addHelpText('after', EXAMPLES);

  const run = createRunner(shell);
  addDemo(program, run);
  addRuns(program, run);
  addIterations(program, run);
  addWatch(program, run);
  addSamples(program, run);
  addBest(program, run);
  addGate(program, run);
  addCompare(program, run);
  addDiff(program, run);
  addEdits(program, run);
  addBlame(program, run);
  addRegressions(program, run);
  addBisect(program, run);
  addRace(program, run);
  addReceipt(program, run);
  addLeaderboard(program, run);
  addProjects(program, run);
  addMembers(program, run);
  addKeys(program, run);
  addMigrate(program, run);
  addRefresh(program, run);
  addSync(program, run);
  addServe(program, run);
  addOpenapi(program, run);
  return program;
}

function tell({ stderr, args }: Shell, help: string): void {
  if (!wantsJson(args)) stderr.write(help);
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return text;
}
