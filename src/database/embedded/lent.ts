import type { MessagePort } from 'node:worker_threads';
import { OptrailError } from '../../errors.js';
import { abortable } from '../abort.js';
import type { Reply } from '../channel.js';
import type { EnginePort, Queries } from '../port.js';
import { channelOf, type InTurn, queryIn, transactionIn } from './calls.js';
import { type Request, type Response, repliesOf } from './messages.js';

/** The engine ended in a borrower's hands. Why, and whether another takes its place, its lender knows. */
export class EngineGone extends OptrailError {
  constructor() {
    super('engine_failed', 'The embedded engine ended.');
  }
}

/** The engine of another thread, borrowed for each call and given back after it. */
export function openLent(borrow: () => Promise<EnginePort>): Queries {
  const inTurn: InTurn = (signal, work) =>
    abortable(signal, async () => {
      const port = await borrow();
      try {
        return await work(channelOf(new LentEngine(port as MessagePort)));
      } finally {
        port.close();
      }
    });
  return {
    query: (identity, statement, options = {}) => queryIn(inTurn, identity, statement, options),
    transaction: (identity, work, options = {}) => transactionIn(inTurn, identity, work, options),
  };
}

class LentEngine {
  /** The port of an engine that is gone is closed, and answers nothing any more. */
  readonly #gone: Promise<never>;

  constructor(private readonly port: MessagePort) {
    this.#gone = new Promise((_, reject) => port.once('close', () => reject(new EngineGone())));
    this.#gone.catch(() => undefined);
  }

  async ask(request: Request): Promise<Reply[]> {
    const answer = new Promise<Response>((resolve) => this.port.once('message', resolve));
    this.port.postMessage(request);
    return repliesOf(await Promise.race([answer, this.#gone]));
  }
}
