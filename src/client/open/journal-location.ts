import { join, resolve } from 'node:path';
import { keepsFiles, trailDirectory } from '../../config.js';
import { MEMORY } from '../../database/embedded/messages.js';
import { FileJournal } from '../../journal/file.js';
import { journalsIn } from '../../journal/folder.js';
import type { JournalOwner, OpenJournal, OpenLeftovers } from '../../journal/port.js';
import { defaultClient, targetOfClient } from './create-client.js';
import type { Target } from './target.js';

/** The directory of a trail's journals and the target that they name; null if journals are kept only on request. */
export function journalLocation(trail: Target): { directory: string; target: string | null } | null {
  if (trail.kind === 'embedded') {
    return trail.directory === MEMORY ? null : { directory: join(resolve(trail.directory), 'journal'), target: resolve(trail.directory) };
  }
  if (!keepsFiles()) return null;
  return { directory: join(trailDirectory(), 'journal'), target: addressOf(trail) };
}

/** Identifies a trail without its credentials: host and database, or the server's URL. */
function addressOf(trail: Target): string | null {
  if (trail.kind === 'server') return trail.url;
  if (trail.kind !== 'postgres') return null;
  const { host, pathname } = new URL(trail.url);
  return `postgresql://${host}${pathname}`;
}

/** Opens the journal of a run beside the database that it is recorded into. */
export const openJournal: OpenJournal = (owner) => {
  const { directory, target } = locationOfJournal(owner);
  return directory === null ? undefined : FileJournal.of({ directory, runId: owner.runId, target });
};

/** Opens the journals that earlier attempts at a run left, except those that a running process holds. */
export const openLeftovers: OpenLeftovers = async (owner) => {
  const { directory } = locationOfJournal(owner);
  const journals: FileJournal[] = [];
  for (const file of directory === null ? [] : journalsIn(directory)) {
    if (!file.includes(owner.runId.toLowerCase())) continue;
    const journal = await FileJournal.open(file).catch(() => null);
    if (journal !== null) journals.push(journal);
  }
  return journals;
};

function locationOfJournal({ client = defaultClient(), option }: JournalOwner): { directory: string | null; target: string | null } {
  const trail = option === false ? undefined : targetOfClient(client);
  const usual = trail === undefined ? null : journalLocation(trail);
  const named = typeof option === 'string' ? resolve(option) : null;
  const directory = named ?? usual?.directory ?? (option === true ? join(trailDirectory(), 'journal') : null);
  return { directory, target: usual?.target ?? null };
}
