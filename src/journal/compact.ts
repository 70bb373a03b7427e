import { rmSync } from 'node:fs';
import { OptrailError } from '../errors.js';
import { FORMAT_VERSION, type HeaderRecord, type JournalRecord, lineOf, recordOf } from './format.js';
import { Log } from './log.js';
import type { Tally } from './tally.js';

const LINE_FEED = Buffer.from('\n');
const COPIED_AT_ONCE = 1024 ** 2;

export interface Rewriting {
  readonly first: HeaderRecord;
  /** Where what comes after the first line begins. */
  readonly from: number;
  /** A place in the file, the beginning of a line. */
  readonly cursor: number;
  isWanted(record: JournalRecord): boolean;
}

/** Writes a log anew with the lines that are wanted, and puts it in the old one's place. Resolves to where things stand now. */
export async function rewrite(log: Log, { first, from, cursor, isWanted }: Rewriting): Promise<{ headerLength: number; cursor: number }> {
  const path = `${log.path}.new`;
  rmSync(path, { force: true });
  const fresh = await Log.create(path, lineOf(first));
  const headerLength = fresh.length;
  let newCursor: number | undefined;
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const { text, start } of log.lines(from)) {
    if (start >= cursor) newCursor ??= fresh.length + bytes;
    const record = recordOf(text);
    if (record === null || !isWanted(record)) continue;
    held.push(text, LINE_FEED);
    bytes += text.length + 1;
    if (bytes < COPIED_AT_ONCE) continue;
    await fresh.append(held, { sync: false });
    held = [];
    bytes = 0;
  }
  await fresh.append(held, { sync: false });
  await log.replaceBy(fresh);
  return { headerLength, cursor: newCursor ?? log.length };
}

/** Whether a record says something that is not done with. */
export function isOfUse(record: JournalRecord, tally: Tally): boolean {
  if (record.kind === 'journal' || record.kind === 'acknowledged') return false;
  return record.kind === 'rejected' ? tally.isRejected(record.sequence) : !tally.isAcknowledged(record.sequence);
}

/** What the first line says. Rejects with `invalid_input` where the file does not begin as a journal does. */
export async function headerOf(log: Log): Promise<HeaderRecord> {
  for await (const { text } of log.lines()) {
    const record = recordOf(text);
    if (record?.kind === 'journal') return record;
    break;
  }
  throw new OptrailError('invalid_input', `${log.path} does not begin as a journal of version ${FORMAT_VERSION} does.`, {
    hint: 'docs/journal.md says what its first line holds.',
  });
}
