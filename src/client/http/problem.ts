import { ERROR_CODES, type ErrorIssue, OptrailError, type OptrailErrorCode } from '../../errors.js';

/** Status and headers of an answer. */
type Head = Pick<Response, 'status' | 'headers'>;

/** Statuses of a proxy that cannot reach the server. */
const GATEWAY = new Set([502, 503, 504]);

/** The error of the function on the server, or of a proxy on the way. */
export function errorOf(url: string, head: Head, text: string): OptrailError {
  return fromProblem(url, text) ?? fromOthers(url, head);
}

/** No answer from the URL in time. */
export function unreachable(url: string, reason: string, cause?: unknown): OptrailError {
  return new OptrailError('server_unreachable', `The Optrail server at ${url} does not answer (${reason}).`, {
    retryable: true,
    hint: `Check that \`optrail serve\` runs at ${url}; OPTRAIL_URL or the option url names it.`,
    cause,
  });
}

/** The answer is not from an Optrail server. */
export function noOptrail(url: string, { status, headers }: Head, cause?: unknown): OptrailError {
  const type = headers.get('content-type')?.split(';')[0] ?? 'no type';
  const target = status >= 300 && status < 400 ? headers.get('location') : null;
  const redirect = target === null ? '' : ` and points to ${target.slice(0, 200)}`;
  return new OptrailError('server_error', `${url} answers with ${status} and ${type}${redirect}, which no Optrail server does.`, {
    hint: 'Another service may be at this URL, or a proxy before it. It is the URL that `optrail serve` prints, with the path it is mounted below.',
    cause,
  });
}

/** The error of a proxy, by its status alone. */
function fromOthers(url: string, head: Head): OptrailError {
  const { status, headers } = head;
  if (GATEWAY.has(status)) return unreachable(url, `a proxy answers with ${status}`);
  if (status === 429) {
    const after = headers.get('retry-after');
    return new OptrailError('rate_limited', `${url} takes no more requests now.`, {
      retryable: true,
      hint: after === null ? 'Try again later.' : `Try again in ${after} s.`,
    });
  }
  if (status === 413 || status === 414 || status === 431) {
    return new OptrailError('too_large', `A proxy before ${url} refused the request as too large (${status}).`, {
      hint: 'Send less at once, or raise its limit.',
    });
  }
  return noOptrail(url, head);
}

function fromProblem(url: string, text: string): OptrailError | null {
  const problem = objectIn(text);
  const code = problem?.code;
  if (problem === null || !isCode(code)) return null;
  // The server shuts down; the next one at the URL will take the call.
  if (code === 'closed') return unreachable(url, 'it is shutting down');
  const { detail, hint, retryable, sqlState, constraint } = problem;
  const message = String(detail);
  const found = issuesIn(problem.errors);
  // The server tells a path without issues as one issue with the same message.
  const [only] = found.length === 1 && found[0]?.message === message ? found : [];
  return new OptrailError(code, message, {
    path: only?.path,
    issues: only === undefined ? found : [],
    hint: textIn(hint),
    retryable: retryable === true,
    sqlState: textIn(sqlState),
    constraint: textIn(constraint),
  });
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function isCode(code: unknown): code is OptrailErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function issuesIn(errors: unknown): ErrorIssue[] {
  if (!Array.isArray(errors)) return [];
  return errors.map(({ pointer, detail }: { pointer?: unknown; detail?: unknown }) => ({
    path: pathOf(String(pointer)),
    message: String(detail),
  }));
}

/** `#/samples/3/score` -> `samples[3].score` */
function pathOf(pointer: string): string {
  const keys = pointer
    .replace(/^#?\/?/, '')
    .split('/')
    .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.reduce((path, key) => {
    if (/^\d+$/.test(key)) return `${path}[${key}]`;
    return path === '' ? key : `${path}.${key}`;
  }, '');
}
