import { basename } from 'node:path';
import type { RejectedRequest } from '../../journal/file.js';
import type { Column } from '../format/columns.js';
import { valueText } from '../format/shorts.js';

/** What became of one journal. */
export interface SyncedJournal {
  readonly file: string;
  readonly runId: string | null;
  /** Requests that the database has now. */
  readonly sent: number;
  /** Requests that still wait. */
  readonly pending: number;
  readonly rejected: number;
  /** Lines that could not be read. */
  readonly damaged: number;
  /** Why it was left alone, or what is left in it; null where nothing is. */
  readonly note: string | null;
}

const SHORT = 36;

export const JOURNAL_COLUMNS: readonly Column<SyncedJournal>[] = [
  { key: 'file', title: 'JOURNAL', value: ({ file }) => file, show: ({ file }) => basename(file), least: 12 },
  { key: 'runId', value: ({ runId }) => runId },
  { key: 'sent', title: 'SENT', align: 'right', value: ({ sent }) => sent },
  { key: 'pending', title: 'WAITING', align: 'right', value: ({ pending }) => pending },
  { key: 'rejected', title: 'REJECTED', align: 'right', value: ({ rejected }) => rejected },
  { key: 'damaged', value: ({ damaged }) => damaged },
  { key: 'note', title: 'NOTE', value: ({ note }) => note, least: 20 },
];

export interface RejectedRow extends RejectedRequest {
  readonly file: string;
}

export const REJECTED_COLUMNS: readonly Column<RejectedRow>[] = [
  { key: 'file', title: 'JOURNAL', value: ({ file }) => file, show: ({ file }) => basename(file), least: 12, spare: 1 },
  { key: 'sequence', title: 'RECORD', align: 'right', value: ({ sequence }) => sequence },
  { key: 'request', title: 'REQUEST', value: ({ method, path }) => `${method} ${path}`, least: 12 },
  { key: 'code', title: 'CODE', value: ({ reason }) => reason.code },
  { key: 'message', title: 'REASON', value: ({ reason }) => reason.message, least: 20 },
  {
    key: 'body',
    title: 'BODY',
    value: ({ body }) => JSON.stringify(body) ?? null,
    show: ({ body }) => valueText(body) || '-',
    least: 10,
    most: SHORT,
    spare: 2,
  },
];
