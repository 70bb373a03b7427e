import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells a process from every other, also from a later one with the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the kernel's own terms; null where the system does not tell. */
  started: string | null;
  /** The space in which the pid means something: host name and, on Linux, the pid namespace (a container has its own). */
  place: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid), place: thisPlace() };
}

/**
 * Whether a process lives: `unknown` where it belongs to another machine or container.
 * Without start times (outside Linux) a living pid counts as the same process, so a live one is never taken for dead.
 */
export function lifeOf(other: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (other.place !== thisPlace()) return 'unknown';
  if (!isRunning(other.pid)) return 'dead';
  const started = startOf(other.pid);
  if (started === ZOMBIE) return 'dead';
  return started === null || other.started === null || started === other.started ? 'alive' : 'dead';
}

const ZOMBIE = 'zombie';

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Boot id and clock ticks since boot, from /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may itself hold spaces and parentheses.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return ZOMBIE;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[18]}`;
  } catch {
    return null;
  }
}

function thisPlace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
