import { OptrailError } from '../../errors.js';
import { serverUrl } from '../../schemas/server-url.js';
import type { Method } from '../functions/operation.js';
import { bytesOf, type Content } from './content.js';
import { errorOf, noOptrail, unreachable } from './problem.js';
import { type Query, queryText } from './query.js';

/** The server, and the caller's credentials. */
export interface HttpClientOptions {
  /** The URL that `optrail serve` prints, or that its handler is mounted at: http://127.0.0.1:4700, https://example.com/api/optrail. */
  url: string;
  /** An API key (`optrail keys create`) or a JSON Web Token. Without one the server must be open to you. */
  apiKey?: string | undefined;
  /** Takes the place of the runtime's own `fetch`. */
  fetch?: typeof fetch | undefined;
  /** Further headers of every request, for a proxy on the way. */
  headers?: Readonly<Record<string, string>> | undefined;
}

export interface HttpCall {
  method: Method;
  /** From `/v1` on. */
  path: string;
  query?: Query | undefined;
  body?: Content | undefined;
  signal?: AbortSignal | undefined;
}

/** The answer to a successful request. */
export interface Answer {
  status: number;
  /** The JSON of the body, or undefined without one. */
  value: unknown;
}

/** Time-out of a request with its body, in ms. The server's own limit is 30 s. */
const ANSWER_WITHIN = 120_000;

/** Sends requests to one server; each gives an answer or an OptrailError. */
export class Transport {
  readonly url: string;
  readonly #fetch: typeof fetch;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor({ url, apiKey, fetch: given, headers = {} }: HttpClientOptions) {
    this.url = serverUrl(url, 'url');
    // Looked up at each call, since a program may replace it. Never called as a method, which workerd forbids.
    this.#fetch = given ?? ((...args) => fetch(...args));
    this.#headers = { accept: 'application/json', ...authorization(apiKey), ...headers };
  }

  /** Makes a call. Rejects with the error of the function on the server. */
  async call(call: HttpCall): Promise<Answer> {
    if (this.#closed) throw new OptrailError('closed', 'The client was closed.', { hint: 'Create another one.' });
    const running = this.#make(call);
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  /** Waits for calls under way; takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }

  async #make(call: HttpCall): Promise<Answer> {
    const { signal } = call;
    if (signal?.aborted) throw aborted(signal);
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let leave = () => {};
    const end = new Promise<never>((_resolve, reject) => {
      leave = () => {
        if (signal !== undefined) reject(aborted(signal));
        ended.abort();
      };
      timer = setTimeout(() => {
        reject(unreachable(this.url, `no answer within ${ANSWER_WITHIN / 1000} s`));
        ended.abort();
      }, ANSWER_WITHIN);
    });
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([this.#send(call, ended.signal), end]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
    }
  }

  async #send({ method, path, query, body }: HttpCall, signal: AbortSignal): Promise<Answer> {
    const content = body === undefined ? undefined : await bytesOf(body, this.url);
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(`${this.url}${path}${queryText(query)}`, {
        method,
        headers: { ...this.#headers, ...content?.headers },
        body: content?.bytes ?? null,
        // A redirected POST would become a GET, and its answer would look like a success.
        redirect: 'manual',
        signal,
      });
      text = await response.text();
    } catch (error) {
      throw content?.problem ?? unreachable(this.url, reasonOf(error), error);
    }
    return { status: response.status, value: this.#valueOf(response, text) };
  }

  #valueOf(response: Response, text: string): unknown {
    if (!response.ok) throw errorOf(this.url, response, text);
    if (response.status === 204) return undefined;
    if (!/^application\/json\b/.test(response.headers.get('content-type') ?? '')) throw noOptrail(this.url, response);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw noOptrail(this.url, response, error);
    }
  }
}

function authorization(apiKey: string | undefined): Record<string, string> {
  if (apiKey === undefined) return {};
  if (/^[\x21-\x7e]+$/.test(apiKey)) return { authorization: `Bearer ${apiKey}` };
  throw new OptrailError('not_configured', 'apiKey is empty, or holds a character that keys and tokens cannot have.', {
    path: 'apiKey',
    hint: 'Copy it again, without spaces and line ends around it.',
  });
}

/** The same error as for a cancelled call of the database. */
function aborted(signal: AbortSignal): OptrailError {
  return new OptrailError('aborted', 'The call was cancelled.', { cause: signal.reason });
}

/** The reason of a network failure: the message of fetch is generic, its cause is not. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const reason = cause instanceof Error ? cause : error;
  if ('code' in reason && typeof reason.code === 'string') return reason.code;
  return reason.message.replace(/[.]$/, '');
}
