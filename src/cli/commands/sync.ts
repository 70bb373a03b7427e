import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { journalLocation } from '../../client/open/journal-location.js';
import { isOptrailError, OptrailError } from '../../errors.js';
import { FileJournal } from '../../journal/file.js';
import { journalsIn, sweepLeftovers } from '../../journal/folder.js';
import { replay } from '../../recorder/queue/replay.js';
import type { Context } from '../context.js';
import type { Runner } from '../runner.js';
import { JOURNAL_COLUMNS, REJECTED_COLUMNS, type RejectedRow, type SyncedJournal } from '../views/journals.js';

interface SyncOptions {
  dir?: string;
  all?: true;
  retry?: true;
  rejected?: true;
}

export function addSync(program: Command, run: Runner): void {
  program
    .command('sync')
    .description('send what a run could not store before its process ended')
    .option('--dir <directory>', 'where the journals are; without it, beside the database')
    .option('--all', 'also those that were meant for another database')
    .option('--retry', 'also what was rejected before')
    .option('--rejected', 'send nothing: list what was rejected, and why')
    .addHelpText(
      'after',
      '\nWhat is sent twice is stored once. Exits with 1 where anything still waits or was rejected.\n\nExamples:\n  optrail sync\n  optrail sync --rejected --json\n  optrail migrate && optrail sync --retry',
    )
    .action(run(sync));
}

async function sync(context: Context, options: SyncOptions): Promise<void> {
  const { output } = context;
  const place = placeOf(context, options);
  const files = journalsIn(place.directory);
  if (options.rejected === true) return listRejected(context, files);

  const results: SyncedJournal[] = [];
  for (const file of files) {
    context.signal.throwIfAborted();
    output.progress(`journal ${results.length + 1} of ${files.length}`);
    results.push(await withJournal(file, (journal) => send(context, journal, options, place.target)));
  }
  sweepLeftovers(place.directory);
  await output.list(JOURNAL_COLUMNS, results);
  if (results.length === 0) output.note(`Nothing waits in ${place.directory}.`);
  judge(context, results);
}

function placeOf({ target }: Context, { dir }: SyncOptions): { directory: string; target: string | null } {
  const usual = journalLocation(target);
  if (dir !== undefined) {
    if (!existsSync(dir))
      throw new OptrailError('not_configured', `There is no directory ${resolve(dir)}.`, {
        hint: 'Leave --dir out for the journals beside the database.',
      });
    return { directory: resolve(dir), target: usual?.target ?? null };
  }
  if (usual !== null) return usual;
  throw new OptrailError('not_configured', 'On this platform no journals are kept unless a directory is named.', {
    hint: 'Name it: --dir <directory>.',
  });
}

async function send(context: Context, journal: FileJournal, { all, retry }: SyncOptions, target: string | null): Promise<SyncedJournal> {
  if (all !== true && journal.target !== null && target !== null && journal.target !== target) {
    return resultOf(journal, 0, `meant for ${journal.target}; --all sends it here`);
  }
  if (retry === true) await journal.reopen();
  const before = journal.pending;
  const rejectedBefore = journal.rejected;
  let reason: string | undefined;
  if (before > 0) {
    await replay({
      journal,
      resolveClient: async () => context.client,
      onWarning: (message) => {
        reason ??= message;
        if (context.output.forPeople) context.output.note(message);
      },
    });
  }
  const sent = before - journal.pending - (journal.rejected - rejectedBefore);
  return resultOf(journal, sent, noteOn(journal, reason));
}

function noteOn({ pending, rejected, damaged }: FileJournal, reason: string | undefined): string | null {
  if (pending > 0) return reason ?? 'not sent';
  if (rejected > 0) return '--rejected shows why';
  return damaged > 0 ? `${damaged} damaged lines` : null;
}

function resultOf({ file, runId, pending, rejected, damaged }: FileJournal, sent: number, note: string | null): SyncedJournal {
  return { file, runId, sent, pending, rejected, damaged, note };
}

/** Opens a journal for a piece of work, unless its process lives or it is no journal. */
async function withJournal(file: string, work: (journal: FileJournal) => Promise<SyncedJournal>): Promise<SyncedJournal> {
  let journal: FileJournal;
  try {
    journal = await FileJournal.open(file);
  } catch (error) {
    if (!isOptrailError(error)) throw error;
    const note = error.code === 'database_locked' ? 'in use by a process that runs' : error.message;
    return { file, runId: null, sent: 0, pending: 0, rejected: 0, damaged: error.code === 'database_locked' ? 0 : 1, note };
  }
  try {
    return await work(journal);
  } finally {
    await journal.close();
  }
}

async function listRejected({ output }: Context, files: readonly string[]): Promise<void> {
  const rows: RejectedRow[] = [];
  for (const file of files) {
    await withJournal(file, async (journal) => {
      rows.push(...(await journal.rejections()).map((request) => ({ ...request, file })));
      return resultOf(journal, 0, null);
    });
  }
  await output.list(REJECTED_COLUMNS, rows);
  if (rows.length === 0) output.note('Nothing was rejected.');
}

function judge({ typed }: Context, results: readonly SyncedJournal[]): void {
  const sum = (key: 'pending' | 'rejected' | 'damaged') => results.reduce((total, result) => total + result[key], 0);
  const [pending, rejected, damaged] = [sum('pending'), sum('rejected'), sum('damaged')];
  if (pending > 0) {
    throw new OptrailError('database_unreachable', `${pending} writes still wait.`, {
      hint: 'The notes say why. Run the command again when that is seen to: nothing is stored twice.',
      retryable: true,
    });
  }
  if (rejected > 0) {
    throw new OptrailError('recording_failed', `${rejected} writes were rejected; they stay in the journal.`, {
      hint: `${typed('sync --rejected')} shows them with the reasons; ${typed('sync --retry')} sends them again.`,
    });
  }
  if (damaged > 0) {
    throw new OptrailError('recording_failed', `${damaged} lines could not be read; their files stay.`, {
      hint: 'Look at the files, and delete them when you need them no more.',
    });
  }
}
