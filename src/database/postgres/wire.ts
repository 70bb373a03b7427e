import { BEGIN, type Channel, COMMIT, type Reply, ROLLBACK } from '../channel.js';
import { type EncodedStatement, parserFor } from '../types.js';
import { Batch } from './batch.js';
import type { PoolClientLike } from './pool.js';

/** The channel over a connection of `pg`; its errors are still those of `pg`. */
export function wireOf(client: PoolClientLike): Channel {
  return takesBatches(client) ? batchWire(client) : plainWire(client);
}

/** One round trip whatever the number of statements. */
function batchWire(client: PoolClientLike): Channel {
  function send(statements: readonly EncodedStatement[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      client.query(new Batch(statements, (error, reply) => (reply === undefined ? reject(error) : resolve(reply))));
    });
  }
  return { alone: (session, statement) => send([...session, statement]), send };
}

/** For clients that take plain queries only (pg-native, or pipelining switched on): a round trip a statement. */
function plainWire(client: PoolClientLike): Channel {
  async function send(statements: readonly EncodedStatement[]): Promise<Reply> {
    let reply: Reply = { rows: [], command: '' };
    for (const { text, values } of statements) {
      const result = (await client.query({ text, values, types: { getTypeParser: parserFor }, queryMode: 'extended' })) as PlainResult;
      reply = { rows: result.rows, command: result.command ?? '' };
    }
    return reply;
  }

  async function alone(session: readonly EncodedStatement[], statement: EncodedStatement): Promise<Reply> {
    if (session.length === 0) return send([statement]);
    try {
      const reply = await send([BEGIN, ...session, statement]);
      await send([COMMIT]);
      return reply;
    } catch (error) {
      await send([ROLLBACK]);
      throw error;
    }
  }

  return { alone, send };
}

interface PlainResult {
  rows: Reply['rows'];
  command?: string | null;
}

function takesBatches({ pipeline, connection }: PoolClientLike): boolean {
  return pipeline !== true && typeof connection === 'object' && connection !== null && 'parse' in connection && 'sync' in connection;
}
