import { isPartial } from '../../schemas/partial.js';
import { JSON_TYPE } from '../http/body.js';
import { type Reply, textList } from '../http/reply.js';
import { MOST_ROWS } from './shapes.js';

/** Bytes of JSON after which a page ends, if it has a row. */
const PAGE_BYTES = 8 * 1024 * 1024;

/** Reads at most `limit` rows after one; fewer, and marked partial, if they are large. */
export type ReadRows<Row> = (limit: number, last?: Row) => Promise<readonly Row[]>;

/**
 * One page of an ordered list, by number and by bytes. A row more than asked for tells that another page follows; at the limit of one
 * read that row is looked for behind the page.
 */
export async function pageOf<Row>(limit: number, read: ReadRows<Row>, cursorOf: (last: Row) => string): Promise<Reply> {
  const texts: string[] = [];
  let bytes = 0;
  let last: Row | undefined;
  for (;;) {
    const rows = await read(Math.min(limit - texts.length + 1, MOST_ROWS), last);
    for await (const { row, text } of inTurns(rows)) {
      if (texts.length === limit || bytes >= PAGE_BYTES) return textList(texts, last === undefined ? null : cursorOf(last));
      texts.push(text);
      bytes += text.length;
      last = row;
    }
    if (!isPartial(rows) && rows.length < MOST_ROWS) return textList(texts, null);
  }
}

/** Rows as JSON; after a large one other requests get a turn. */
function inTurns<Row>(rows: readonly Row[]): Iterable<{ row: Row; text: string }> | AsyncIterable<{ row: Row; text: string }> {
  const written = (row: Row) => ({ row, text: JSON.stringify(row) });
  if (!isPartial(rows)) return rows.map(written);
  return (async function* () {
    for (const row of rows) {
      await turn();
      yield written(row);
    }
  })();
}

/** Lets the event loop serve other requests. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An object as JSON whose last member is a list, which is read and written row by row. A failure aborts the answer. */
export function withRows<Row>(request: Request, signal: AbortSignal, whole: object, member: string, read: ReadRows<Row>): Response {
  const rows = rowsOf(signal, read);
  const head = `${JSON.stringify(whole).slice(0, -1)},${JSON.stringify(member)}:[`;
  let separator = head;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await rows.next();
      await turn();
      controller.enqueue(Buffer.from(done === true ? `${separator === head ? head : ''}]}` : `${separator}${JSON.stringify(value)}`));
      separator = ',';
      if (done === true) controller.close();
    },
    async cancel() {
      await rows.return(undefined);
    },
  });
  const headers = { 'content-type': JSON_TYPE, 'cache-control': 'no-store' };
  return new Response(request.method === 'HEAD' ? null : body, { headers });
}

/** Rows that are read at once for a stream. */
const ROWS = 500;

async function* rowsOf<Row>(signal: AbortSignal, read: ReadRows<Row>): AsyncGenerator<Row, undefined> {
  let last: Row | undefined;
  for (;;) {
    signal.throwIfAborted();
    const rows = await read(ROWS, last);
    for (const row of rows) yield row;
    last = rows.at(-1) ?? last;
    if (rows.length === 0 || (!isPartial(rows) && rows.length < ROWS)) return undefined;
  }
}
