import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { databaseTargetOf } from '../../client/open/target.js';
import { announceServer } from '../../processes/server-file.js';
import type { OptrailServer } from '../../server.js';
import { type Context, optionsOf } from '../context.js';
import type { Column } from '../format/columns.js';
import { collect, integer } from '../options.js';
import type { Runner } from '../runner.js';
import { LEVELS, type LogLevel } from '../serve/levels.js';
import type { Listener } from '../serve/listener.js';
import { assertGuarded, isOpen } from '../serve/openness.js';
import { assertUsable } from '../target.js';

/** Milliseconds after which the process ends, whatever is left to do: what was acknowledged is stored, whichever way it ends. */
const MOST_STOPPING = 1_800;

interface ServeOptions {
  host: string;
  port: number;
  open?: boolean;
  allowOrigin?: string[];
  log?: LogLevel;
}

/** What is said of a server that runs. */
interface Started {
  url: string;
  pid: number;
  open: boolean;
}

export function addServe(program: Command, run: Runner): void {
  program
    .command('serve')
    .description('serve the trail: the REST API, its documentation, live updates and the dashboard')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes a free one', integer(0, 65_535), 4700)
    .option('--open', 'let programs of this machine in without a key (default: on 127.0.0.1 with an embedded database)')
    .option('--no-open', 'ask everybody for a key or a token')
    .option('--allow-origin <origin>', 'let pages of this origin call the server; may be given several times', collect)
    .addOption(new Option('--log <level>', 'requests as lines of JSON on stderr (default: info, and warn on a terminal)').choices(LEVELS))
    .addHelpText(
      'after',
      '\nExamples:\n  optrail serve\n  optrail serve --port 0 --json\n  optrail serve --host 0.0.0.0        with API keys: see optrail keys create --help',
    )
    .action(run(serve));
}

async function serve(context: Context, { host, port, open: wanted, allowOrigin, log }: ServeOptions): Promise<void> {
  const { target, signal, shell } = context;
  assertUsable(target);
  databaseTargetOf(target);
  const open = isOpen(host, wanted, context);
  // Whoever types another command need not wait until a server is loaded.
  const [{ createServer }, { loggerOf }] = await Promise.all([import('../../server.js'), import('../serve/logger.js')]);
  const server = createServer({
    ...optionsOf(target),
    auth: { open },
    allowedOrigins: allowOrigin,
    dashboard: fileURLToPath(new URL('../../dashboard', import.meta.url)),
    logger: loggerOf(shell, log),
  });
  let withdraw = () => {};
  try {
    const listener = await started(server, context, host, port);
    // From here on, other processes that want the directory come through here.
    if (target.kind === 'embedded') withdraw = announceServer(target.directory, { url: ownUrl(listener.url), instance: server.instance });
    await tell(context, { url: listener.url, pid: process.pid, open });
    await interrupted(signal);
    withdraw();
    await Promise.race([stop(server, listener), sleep(MOST_STOPPING, undefined, { ref: false })]);
    // To be stopped is how a server ends.
    shell.stopped = true;
  } finally {
    withdraw();
    if (shell.stopped !== true) await server.close();
  }
}

/** Whoever is being answered gets the rest, and the database is closed. */
async function stop(server: OptrailServer, listener: Listener): Promise<void> {
  listener.stop();
  await server.close();
  await listener.stopped();
}

/** Who listens on every address is called by its own. */
function ownUrl(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

/** The port first, which is had at once or not at all; whoever calls meanwhile waits for the database. */
async function started(server: OptrailServer, context: Context, host: string, port: number): Promise<Listener> {
  const { listen } = await import('../serve/listener.js');
  const listener = await listen(server.fetch, host, port);
  try {
    await server.open();
    await assertGuarded(server, host, context);
    return listener;
  } catch (error) {
    listener.stop();
    throw error;
  }
}

const FACTS: readonly Column<Started>[] = [
  { key: 'url', title: 'URL', value: ({ url }) => url },
  { key: 'pid', title: 'PID', value: ({ pid }) => pid },
  { key: 'open', title: 'OPEN', value: ({ open }) => String(open) },
];

async function tell({ output }: Context, started: Started): Promise<void> {
  output.note(
    started.open
      ? 'open: whoever uses this machine can read and change the trail without a key. Ctrl-C stops the server.'
      : 'An API key or a token is asked for. Ctrl-C stops the server.',
  );
  output.finish();
  if (output.forPeople) await output.lines([started.url]);
  else await output.list(FACTS, [started], started);
}

function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
