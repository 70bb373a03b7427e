import { createInterface } from 'node:readline/promises';
import type { Ceiling } from '../../demo/allowance.js';
import { findProvider, openLive } from '../../demo/live.js';
import type { AxModule, AxService } from '../../demo/load-ax.js';
import { createOfflineModel, OFFLINE_NOTICE } from '../../demo/offline-model.js';
import { TRIAGE_BUDGET } from '../../demo/triage.js';
import { OptrailError } from '../../errors.js';
import type { Context } from '../context.js';
import { count, money } from '../format/figures.js';
import { assertAnswers } from './first-call.js';

/** What answers in a demo. */
export interface DemoModel {
  readonly kind: 'offline' | 'live';
  /** A sentence on what it is. */
  readonly notice: string;
  readonly student: AxService;
  readonly teacher: AxService;
  /** What was left undone because the ceiling was reached; null where nothing was. */
  shortfall(): string | null;
}

export function offlineModel(ax: AxModule): DemoModel {
  const service = createOfflineModel(ax);
  return { kind: 'offline', notice: OFFLINE_NOTICE, student: service, teacher: service, shortfall: () => null };
}

/** A provider's model, once somebody has agreed to what it may cost; null where nobody did. */
export async function liveModel(context: Context, ax: AxModule, { yes }: { yes: boolean }): Promise<DemoModel | null> {
  const { shell, output } = context;
  const { provider, ceiling, allowance, student, teacher } = openLive(ax, findProvider(shell.environment), TRIAGE_BUDGET);
  const limit = limitText(ceiling);
  const notice = `${provider.model} of ${provider.name} answers, with the key in ${provider.variable}: ${limit}.`;
  if (!yes && !(await agrees(context, notice, limit))) return null;
  output.progress(`asking ${provider.model}`);
  await assertAnswers(student, provider, shell.signal);
  const shortfall = () => (allowance.refused === 0 ? null : `the ceiling was reached, and ${count(allowance.refused)} calls were not made`);
  return { kind: 'live', notice, student, teacher, shortfall };
}

function limitText({ calls, dollars }: Ceiling): string {
  const most = `at most ${count(calls)} calls`;
  return dollars === null ? `${most}; what they cost Ax does not know` : `${most} and ${money(dollars)}`;
}

async function agrees({ shell, typed }: Context, notice: string, limit: string): Promise<boolean> {
  const { stdin, stderr, signal } = shell;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new OptrailError('invalid_input', `A live demo makes ${limit}, and there is no terminal to ask on.`, {
      path: '--live',
      hint: `${typed('demo --live --yes')} agrees to it.`,
    });
  }
  stderr.write(`${notice}\n`);
  const dialog = createInterface({ input: stdin, output: stderr });
  // On a terminal Ctrl-C comes to the dialog and not to the process; Ctrl-D ends it without an answer.
  const silence = new Promise<string>((resolve) => dialog.once('close', () => resolve('')).once('SIGINT', shell.interrupt));
  try {
    const answer = await Promise.race([dialog.question('Go on? [y/N] ', { signal }), silence]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    dialog.close();
  }
}
