import { join, resolve } from 'node:path';
import { keepsFiles, trailDirectory } from './config.js';
import { MEMORY } from './database/embedded/messages.js';
import { FileJournal } from './journal/file.js';
import { journalsIn } from './journal/folder.js';
import type { JournalOwner, OpenJournal, OpenLeftovers } from './journal/port.js';
import { defaultClient, placeOfClient } from './open.js';
import type { Place } from './places.js';

/** Where the journals of a trail are kept, and what they call it; null where none are kept unless asked for. */
export function journalPlace(place: Place): { directory: string; target: string | null } | null {
  if (place.kind === 'embedded') {
    return place.directory === MEMORY ? null : { directory: join(resolve(place.directory), 'journal'), target: resolve(place.directory) };
  }
  if (!keepsFiles()) return null;
  return { directory: join(trailDirectory(), 'journal'), target: targetOf(place) };
}

/** What tells a trail from another, without who comes to it: host and database, or the address of the server. */
function targetOf(place: Place): string | null {
  if (place.kind === 'server') return place.url;
  if (place.kind !== 'postgres') return null;
  const { host, pathname } = new URL(place.url);
  return `postgresql://${host}${pathname}`;
}

/** The journal of a run beside the database that it is recorded into. */
export const openJournal: OpenJournal = (owner) => {
  const { directory, target } = placeOfJournal(owner);
  return directory === null ? undefined : FileJournal.of({ directory, runId: owner.runId, target });
};

/** What earlier attempts at a run left; a journal that a living process has is not touched. */
export const openLeftovers: OpenLeftovers = async (owner) => {
  const { directory } = placeOfJournal(owner);
  const journals: FileJournal[] = [];
  for (const file of directory === null ? [] : journalsIn(directory)) {
    if (!file.includes(owner.runId.toLowerCase())) continue;
    const journal = await FileJournal.open(file).catch(() => null);
    if (journal !== null) journals.push(journal);
  }
  return journals;
};

function placeOfJournal({ client = defaultClient(), option }: JournalOwner): { directory: string | null; target: string | null } {
  const place = option === false ? undefined : placeOfClient(client);
  const usual = place === undefined ? null : journalPlace(place);
  const named = typeof option === 'string' ? resolve(option) : null;
  const directory = named ?? usual?.directory ?? (option === true ? join(trailDirectory(), 'journal') : null);
  return { directory, target: usual?.target ?? null };
}
