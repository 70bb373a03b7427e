import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, binariesOf, isReachable, type Major } from './binaries.js';

export type { Major } from './binaries.js';
export const MAJORS: readonly Major[] = [15, 18];

export interface Server {
  /** URL of the superuser `postgres` in database `postgres`; every login is trusted. */
  url: string;
  /** Stops the server as PostgreSQL calls it, fast or immediate (which is a crash), and starts it anew on its port. */
  restart(how: 'fast' | 'immediate'): Promise<void>;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

/** The user "nobody": PostgreSQL refuses to run as root, and any other user will do. */
const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0;
const user: Pick<SpawnOptions, 'uid' | 'gid'> = asRoot ? { uid: NOBODY, gid: NOBODY } : {};

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum_naptime: '5',
  shared_preload_libraries: 'pg_stat_statements',
};

/**
 * Starts a real PostgreSQL on a free port of the loopback interface, with its data in a temporary directory.
 * @param files to lay into that directory, by name, for settings to name
 */
export async function startServer(
  major: Major,
  settings: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<Server> {
  const binaries = binariesOf(major);
  const data = mkdtempSync(join([tmpdir(), '/tmp', '/var/tmp'].find(isReachable) ?? tmpdir(), `optrail-pg${major}-`));
  if (asRoot) chownSync(data, NOBODY, NOBODY);
  await promisify(execFile)(
    binaries.initdb,
    ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
    { ...user, cwd: data },
  );
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(data, name), content, { mode: 0o600 });
    if (asRoot) chownSync(join(data, name), NOBODY, NOBODY);
  }
  const launched = await launch(binaries, data, { ...SETTINGS, ...settings });
  const { port } = launched;
  let { child } = launched;
  const kill = (): void => {
    child.kill('SIGQUIT');
  };
  process.once('exit', kill);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async restart(how) {
      child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await once(child, 'exit');
      ({ child } = await launchOn(port, binaries, data, { ...SETTINGS, ...settings }));
    },
    async stop() {
      process.off('exit', kill);
      if (child.exitCode === null) {
        child.kill('SIGINT');
        await once(child, 'exit');
      }
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Somebody else may take the free port before the server does; then another one is tried. */
async function launch(
  binaries: Binaries,
  data: string,
  settings: Record<string, string>,
  tries = 3,
): Promise<{ child: ChildProcess; port: number }> {
  const { child, problem, port } = await launchOn(await freePort(), binaries, data, settings);
  if (problem === undefined) return { child, port };
  if (tries > 1) return launch(binaries, data, settings, tries - 1);
  throw new Error(`PostgreSQL did not start: ${problem}`);
}

async function launchOn(
  port: number,
  binaries: Binaries,
  data: string,
  settings: Record<string, string>,
): Promise<{ child: ChildProcess; port: number; problem: string | undefined }> {
  const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(binaries.postgres, ['-D', data, ...flags], { ...user, cwd: data, stdio: ['ignore', 'ignore', 'pipe'] });
  return { child, port, problem: await readiness(child) };
}

function readiness(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let log = '';
    // Read on after the start, too: a full pipe would stop the server.
    child.stderr?.on('data', (chunk) => {
      if (log.length < 20_000) log += chunk;
      if (log.includes('ready to accept connections')) resolve(undefined);
    });
    child.once('exit', () => resolve(log));
    child.once('error', (error) => resolve(error.message));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
