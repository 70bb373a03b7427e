import { OptrailError } from '../../errors.js';
import { assertOptionNames } from '../../schemas/did-you-mean.js';
import { type CheckedCall, clientOver } from '../checked-call.js';
import type { ClientHandle } from '../port.js';
import { executeOver } from './execute.js';
import { type HttpClientOptions, Transport } from './transport.js';

export type { HttpClientOptions } from './transport.js';

const HTTP_OPTIONS: Record<keyof HttpClientOptions, true> = { url: true, apiKey: true, fetch: true, headers: true };
const HTTP_OPTION_NAMES = Object.keys(HTTP_OPTIONS);

/**
 * The helper functions over HTTP: input is validated before anything is sent, answers and errors are those of the functions on the
 * server. Nothing is sent before the first call. Rejects with `not_configured` if the URL or the key cannot be one.
 *
 * Calls reject with `server_unreachable`, which is retryable, if nothing answers, and with `server_error` if the answer is not from an
 * Optrail server. A batch of samples is one request: the server's limit on bodies (32 MiB) is the batch's too.
 */
export function createHttpClient(options: HttpClientOptions): ClientHandle {
  assertOptionNames(options, HTTP_OPTION_NAMES, 'createClient');
  const { make, close } = openHttp(options);
  return { ...clientOver(make), as: refuseIdentity, close, [Symbol.asyncDispose]: close };
}

/** A server that checked calls are sent to. */
export interface HttpConnection {
  make(call: CheckedCall): Promise<unknown>;
  /** Waits for calls under way; takes no more. */
  close(): Promise<void>;
}

export function openHttp(options: HttpClientOptions): HttpConnection {
  const transport = new Transport(options);
  return { make: (call) => executeOver(transport, call), close: () => transport.close() };
}

/** Throws: the key or token of a request decides the identity. */
export function refuseIdentity(): never {
  throw new OptrailError('not_configured', 'Over HTTP the key or the token says who you are, and as() cannot say otherwise.', {
    path: 'as',
    hint: 'Create another client with that user’s token: createClient({ url, apiKey }).',
  });
}
