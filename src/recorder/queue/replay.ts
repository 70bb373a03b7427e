import type { Journal } from '../../journal/port.js';
import { type OnWarning, Warnings } from '../warnings.js';
import { Outbox } from './outbox.js';
import { SYNC } from './retry.js';
import { type ResolveClient, sendThrough } from './writes.js';

export interface ReplayOptions {
  /** A journal that another process left, open. */
  journal: Journal;
  resolveClient: ResolveClient;
  onWarning: OnWarning;
}

/**
 * Sends what a journal holds, as the run that wrote it would have, and closes it. What could not be sent because the database
 * is away stays in it.
 */
export async function replay({ journal, resolveClient, onWarning }: ReplayOptions): Promise<void> {
  const outbox = new Outbox({
    send: sendThrough(resolveClient),
    policy: SYNC,
    warnings: new Warnings(onWarning),
    amend: true,
    journal,
  });
  await outbox.replay();
  await outbox.close();
}
