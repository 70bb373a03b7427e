import { BEGIN, type Channel, COMMIT, type Reply } from '../channel.js';
import type { Identity, QueryOptions, Row, Statement, Transaction } from '../port.js';
import { sessionStatements } from '../session.js';
import { runTransaction } from '../transaction.js';
import { type EncodedStatement, encodeStatement } from '../types.js';
import type { Request } from './messages.js';

/** Answers one request at a time; rejects with what the database said, or with `engine_failed`. */
interface Engine {
  ask(request: Request): Promise<Reply[]>;
}

/** Waits for the engine, and has it for as long as `work` takes. */
export type InTurn = <T>(signal: AbortSignal | undefined, work: (channel: Channel) => Promise<T>) => Promise<T>;

export function queryIn<R extends Row>(inTurn: InTurn, identity: Identity, statement: Statement, { signal }: QueryOptions): Promise<R[]> {
  return inTurn(signal, async (channel) => {
    const reply = await channel.alone(sessionStatements(identity).map(encodeStatement), encodeStatement(statement));
    return reply.rows as R[];
  });
}

export function transactionIn<T>(
  inTurn: InTurn,
  identity: Identity,
  work: (transaction: Transaction) => Promise<T>,
  { signal }: QueryOptions,
): Promise<T> {
  return inTurn(signal, (channel) => runTransaction(channel, sessionStatements(identity).map(encodeStatement), work, signal));
}

/** A list of statements is one message to the engine, whatever its length. */
export function channelOf(engine: Engine): Channel {
  return {
    async alone(session, statement) {
      if (session.length === 0) return lastOf(await run(engine, [statement]));
      const replies = await run(engine, [BEGIN, ...session, statement, COMMIT], true);
      return lastOf(replies.slice(0, -1));
    },
    async send(statements) {
      return lastOf(await run(engine, statements));
    },
  };
}

function run(engine: Engine, statements: readonly EncodedStatement[], rollbackOnError = false): Promise<Reply[]> {
  return engine.ask({ kind: 'run', statements: [...statements], rollbackOnError });
}

function lastOf(replies: readonly Reply[]): Reply {
  return replies.at(-1) ?? { rows: [], command: '' };
}
