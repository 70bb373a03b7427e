import { isPartial } from '../../schemas/partial.js';
import { NDJSON_TYPE } from './body.js';

/** Rows that are read at once, and held until the client has taken them. */
const ROWS = 500;

export function wantsLines(request: Request): boolean {
  return (request.headers.get('accept') ?? '').includes(NDJSON_TYPE);
}

/**
 * Rows as NDJSON, read as fast as they are taken: memory holds some hundred of them. If a read fails midway, the response is aborted; a
 * truncated list must not look complete.
 */
export async function rowsAsLines<Row>(
  request: Request,
  signal: AbortSignal,
  limit: number,
  read: (limit: number, last?: Row) => Promise<readonly Row[]>,
): Promise<Response> {
  let left = limit;
  const next = async (last?: Row): Promise<readonly Row[]> => {
    const rows = left === 0 ? [] : await read(Math.min(ROWS, left), last);
    left -= rows.length;
    if (rows.length < ROWS && !isPartial(rows)) left = 0;
    return rows;
  };
  // An error of the first read is told by the status.
  let rows = await next();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      signal.throwIfAborted();
      if (rows.length === 0) return controller.close();
      controller.enqueue(Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
      rows = await next(rows.at(-1));
    },
    cancel() {
      rows = [];
      left = 0;
    },
  });
  const headers = { 'content-type': NDJSON_TYPE, 'cache-control': 'no-store', vary: 'accept' };
  return new Response(request.method === 'HEAD' ? null : body, { headers });
}
