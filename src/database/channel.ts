import type { Row } from './port.js';
import type { EncodedStatement } from './types.js';

/** What an engine answered to one statement. */
export interface Reply {
  rows: Row[];
  /** The command tag, or its first word: `SELECT 3`, `COMMIT`, `ROLLBACK`. */
  command: string;
}

/** One session of an engine, held by one caller at a time. Its errors are OptrailErrors. */
export interface Channel {
  /** One statement in a transaction of its own, behind those that set its identity. */
  alone(session: readonly EncodedStatement[], statement: EncodedStatement): Promise<Reply>;
  /** Statements one after the other, in one go where the engine can, up to the first error; the last one's reply. */
  send(statements: readonly EncodedStatement[]): Promise<Reply>;
}

export const BEGIN: EncodedStatement = { text: 'begin', values: [] };
export const COMMIT: EncodedStatement = { text: 'commit', values: [] };
export const ROLLBACK: EncodedStatement = { text: 'rollback', values: [] };
