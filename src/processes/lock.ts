import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OptrailError } from '../errors.js';
import { lifeOf, type ProcessIdentity, thisProcess } from './identity.js';

/** The right to use a directory, or one thing in it, until it is released or the process ends. */
export interface Lock {
  /** `remove` takes the file away too, where what it locked is gone for good. */
  release(how?: { remove: boolean }): void;
}

/** Milliseconds that an owner gets between creating its file and writing its name into it. */
const WRITE_TIME = 2_000;

/**
 * Takes the one lock of a directory, or of the thing in it that `name` says. Rejects with `database_locked` while its owner
 * lives, or may live on another machine.
 *
 * The lock is the file `lock.N` with the highest N. To take over from a dead owner is to create `lock.N+1`, which
 * succeeds for one process alone; numbers only grow, and whoever finds a higher number than its own has lost. Replacing
 * one file instead would let two processes that saw the same dead owner remove each other's fresh lock.
 */
export async function acquireLock(directory: string, name = 'lock'): Promise<Lock> {
  const place = { directory, name };
  const highest = highestIn(place);
  if (highest > 0) await refuseIfOwned(place, highest);

  const mine = highest + 1;
  const path = fileOf(place, mine);
  const owner = JSON.stringify(thisProcess());
  if (!create(path, owner)) return acquireLock(directory, name);
  if (highestIn(place) > mine) {
    // Others came and went between our look and our file, which now stands below theirs.
    rmSync(path, { force: true });
    return acquireLock(directory, name);
  }

  for (const number of numbersIn(place)) if (number < mine) rmSync(fileOf(place, number), { force: true });
  return held(path, owner.length);
}

interface Place {
  directory: string;
  name: string;
}

/** Locks that this process holds. One listener serves all: Node would take one each for a leak. */
const releases = new Set<() => void>();

function releaseAll(): void {
  for (const release of releases) release();
}

function held(path: string, length: number): Lock {
  let released = false;
  const release = ({ remove } = { remove: false }): void => {
    if (remove) rmSync(path, { force: true });
    if (released) return;
    released = true;
    releases.delete(release);
    if (releases.size === 0) process.off('exit', releaseAll);
    try {
      // Emptied in place: as long as the owner's name, so that one write replaces it; never created anew where somebody deleted it.
      writeFileSync(path, '{}'.padEnd(length), { flag: 'r+' });
    } catch {
      // The directory is gone, and the lock with it.
    }
  };
  if (releases.size === 0) process.on('exit', releaseAll);
  releases.add(release);
  return { release };
}

async function refuseIfOwned(place: Place, number: number): Promise<void> {
  const { directory } = place;
  const path = fileOf(place, number);
  const owner = await readOwner(path);
  if (owner === undefined) return;
  const life = lifeOf(owner);
  if (life === 'dead') return;
  if (life === 'unknown') {
    throw new OptrailError(
      'database_locked',
      `${directory} is in use by process ${owner.pid} on another machine or in another container (${owner.place}).`,
      {
        hint: `Close it there. If that process no longer runs, delete ${path}.`,
      },
    );
  }
  throw new OptrailError(
    'database_locked',
    `${directory} is in use by ${owner.pid === process.pid ? `this process (${owner.pid}), which opened it before` : `process ${owner.pid}`}.`,
    {
      hint: 'Close that client or end that process, or run `optrail serve` there: other processes go through it by themselves. Or use another directory, or PostgreSQL through OPTRAIL_DATABASE_URL.',
      retryable: true,
    },
  );
}

/** The owner named in a lock file; undefined where it was released or never came to be named. */
async function readOwner(path: string): Promise<ProcessIdentity | undefined> {
  for (const deadline = Date.now() + WRITE_TIME; ; await sleep(20)) {
    const owner = parse(path);
    if (owner !== 'unwritten') return owner;
    if (Date.now() > deadline) return undefined;
  }
}

function parse(path: string): ProcessIdentity | undefined | 'unwritten' {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return typeof owner.pid === 'number' ? (owner as ProcessIdentity) : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unwritten';
  }
}

function create(path: string, content: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  writeSync(file, content);
  closeSync(file);
  return true;
}

function numbersIn({ directory, name }: Place): number[] {
  return readdirSync(directory)
    .filter((file) => file.startsWith(`${name}.`))
    .map((file) => file.slice(name.length + 1))
    .filter((number) => /^\d+$/.test(number))
    .map(Number);
}

function highestIn(place: Place): number {
  return Math.max(0, ...numbersIn(place));
}

function fileOf({ directory, name }: Place, number: number): string {
  return join(directory, `${name}.${number}`);
}
