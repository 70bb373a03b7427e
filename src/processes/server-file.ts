import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lifeOf, type ProcessIdentity, thisProcess } from './identity.js';

/** The server that has a directory open, for other processes to go through. */
export interface AnnouncedServer {
  /** Where it listens, for processes of this machine. */
  url: string;
  /** What its `/healthz` answers with, so that nobody else at the URL is taken for it. */
  instance: string;
}

/** Writes down that this process serves the directory. Returns the way to take that back. */
export function announceServer(directory: string, server: AnnouncedServer): () => void {
  const file = fileIn(directory);
  writeFileSync(file, JSON.stringify({ ...server, ...thisProcess() }), { mode: 0o600 });
  return () => {
    // Another server may have come meanwhile, where this one lost its directory.
    if (parse(file)?.instance === server.instance) rmSync(file, { force: true });
  };
}

/** The server that says it serves the directory, where its process lives on this machine. */
export function announcedServer(directory: string): AnnouncedServer | null {
  const found = parse(fileIn(directory));
  if (found === null || lifeOf(found) !== 'alive') return null;
  return { url: found.url, instance: found.instance };
}

function fileIn(directory: string): string {
  return join(directory, 'server.json');
}

/** What is half written, or somebody else's, announces nobody. */
function parse(file: string): (AnnouncedServer & ProcessIdentity) | null {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Partial<AnnouncedServer & ProcessIdentity>;
    const { url, instance, pid, started = null, place } = found;
    const isWhole = typeof url === 'string' && typeof instance === 'string' && typeof pid === 'number' && typeof place === 'string';
    return isWhole ? { url, instance, pid, started, place } : null;
  } catch {
    return null;
  }
}
