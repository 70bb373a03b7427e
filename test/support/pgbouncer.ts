import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isReachable } from './binaries.js';
import { freePort } from './postgres.js';

export type PoolMode = 'transaction' | 'session';

export interface Pooler {
  /** The URL of a database behind the pooler, from its URL on the server. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** The user "nobody": PgBouncer refuses to run as root. */
const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0;
const user: Pick<SpawnOptions, 'uid' | 'gid'> = asRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** The installed PgBouncer's version, or null if there is none. CI=true makes a missing one an error. */
export function pgbouncerVersion(): string | null {
  try {
    return /PgBouncer (\S+)/.exec(execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
  } catch {
    if (process.env.CI === 'true') throw new Error('PgBouncer is not installed, and CI=true asks for it: apt-get install pgbouncer');
    return null;
  }
}

/** Starts PgBouncer on a free port of the loopback interface, in front of the server that a URL names. Every login is trusted. */
export async function startPooler(serverUrl: string, mode: PoolMode, poolSize = 20): Promise<Pooler> {
  const server = new URL(serverUrl);
  const folder = mkdtempSync(join([tmpdir(), '/tmp', '/var/tmp'].find(isReachable) ?? tmpdir(), 'optrail-pgbouncer-'));
  const port = await freePort();
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const users = write('users.txt', '"postgres" ""\n"optrail_owner" ""\n');
  const settings = write(
    'pgbouncer.ini',
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${poolSize}
max_client_conn = 500
ignore_startup_parameters = extra_float_digits
`,
  );
  chmodSync(folder, 0o755);
  if (asRoot) chownSync(folder, NOBODY, NOBODY);
  const child = spawn('pgbouncer', ['-q', settings], { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const through = (url: string) => {
    const behind = new URL(url);
    behind.hostname = '127.0.0.1';
    behind.port = String(port);
    return behind.href;
  };
  await untilItAnswers(child, through(serverUrl));
  return {
    through,
    async stop() {
      process.off('exit', kill);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(child: ChildProcess, url: string): Promise<void> {
  let log = '';
  child.stderr?.on('data', (chunk) => {
    if (log.length < 20_000) log += chunk;
  });
  for (let tries = 0; tries < 100; tries += 1) {
    if (child.exitCode !== null) throw new Error(`PgBouncer did not start: ${log}`);
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch {
      await sleep(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new Error(`PgBouncer does not answer: ${log}`);
}
