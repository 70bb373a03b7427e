import { ERROR_CODES, OptrailError, type OptrailErrorCode } from '../../errors.js';
import { HttpRefusal, problemOf, statusOf } from '../http/problem.js';
import type { Route } from '../route.js';

/** An error of an example. */
type Sample = { name: string; error: OptrailError };

const code = (name: OptrailErrorCode, message: string, options: ConstructorParameters<typeof OptrailError>[2] = {}): Sample => ({
  name,
  error: new OptrailError(name, message, options),
});
const http = (status: number, name: string, message: string, hint?: string): Sample => ({
  name,
  error: new HttpRefusal(status, 'invalid_input', message, { hint }),
});

const RETRY = { retryable: true, hint: 'Try again in a moment.' };

/** An example of each code. */
const SAMPLES: Partial<Record<OptrailErrorCode, Sample>> = {
  ambiguous_id: code('ambiguous_id', 'Several projects hold a run with this id.', { path: 'projectId', hint: 'Pass projectId.' }),
  conflict: code('conflict', 'Iteration 4 of the run is another one.', { path: 'iteration' }),
  constraint_violation: code('constraint_violation', 'The parent is not a run of the project.', {
    constraint: 'optimization_runs_parent_fkey',
  }),
  forbidden: code('forbidden', 'Your role in the project does not allow this, or the project does not exist.'),
  invalid_input: code('invalid_input', 'score: must be a finite number; NaN and infinities are no score', {
    issues: [{ path: 'score', message: 'must be a finite number; NaN and infinities are no score' }],
    hint: 'Nothing was stored.',
  }),
  invalid_status_transition: code('invalid_status_transition', 'A run that is completed can’t become running.', { path: 'status' }),
  not_found: code('not_found', 'The run does not exist, or you may not see it.', { path: 'runId' }),
  too_large: code('too_large', 'The body is larger than 32 MiB.', { hint: 'Send less at once.' }),
};

const KNOWN_CALLER: readonly Sample[] = [
  code('unauthenticated', 'The API key or token is missing, wrong, expired or revoked.'),
  SAMPLES.forbidden as Sample,
  code('rate_limited', 'Too many requests.', { ...RETRY, hint: 'Wait for the seconds of Retry-After.' }),
];
const ANY: readonly Sample[] = [
  SAMPLES.forbidden as Sample,
  code('aborted', 'There was no answer within 30 s. A write may have been stored all the same.', RETRY),
  http(400, 'malformed_url', 'The path is not UTF-8, or holds a % that is not followed by two hexadecimal digits.'),
  SAMPLES.invalid_input as Sample,
  { name: 'server_error', error: new OptrailError('server_error', '') },
];
const DATABASE: readonly Sample[] = [
  code('database_unreachable', 'The database does not answer.', RETRY),
  code('database_busy', 'The database asked for the statement to be tried again.', RETRY),
  code('schema_missing', 'The database holds no Optrail schema.', { hint: 'Run `npx optrail migrate`.' }),
];
const BODY: readonly Sample[] = [
  http(400, 'malformed_json', 'The body is not JSON: at character 17.'),
  SAMPLES.too_large as Sample,
  http(415, 'unsupported_type', 'The body must be application/json, and not text/plain.'),
];
const WRITE: readonly Sample[] = [code('disk_full', 'The disk that the database is on is full.')];

/** The problems of a route by status, each with a description and examples. */
export function problemsOf(route: Route): Map<number, { codes: string[]; response: object }> {
  const samples = [
    ...ANY,
    ...(route.access === 'anybody' ? [] : [...KNOWN_CALLER, ...DATABASE]),
    ...(route.body === undefined ? [] : BODY),
    ...(route.method === 'GET' ? [] : WRITE),
    ...(route.refusals ?? []).map((each) => SAMPLES[each] ?? code(each, ERROR_CODES[each])),
  ];
  const byStatus = new Map<number, Map<string, Sample>>();
  for (const sample of samples) {
    const status = statusOfSample(sample.error);
    const known = byStatus.get(status) ?? new Map<string, Sample>();
    byStatus.set(status, known.set(sample.name, sample));
  }
  return new Map(
    [...byStatus]
      .sort(([one], [other]) => one - other)
      .map(([status, all]) => [status, { codes: [...all.keys()], response: responseOf([...all.values()]) }]),
  );
}

function statusOfSample(error: OptrailError): number {
  return error instanceof HttpRefusal ? error.status : statusOf(error.code);
}

function responseOf(samples: readonly Sample[]): object {
  const meanings = new Set(samples.map(({ error }) => ERROR_CODES[error.code].replace(/; `path` names it[.]$/, '.')));
  return {
    description: [...meanings].join(' '),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(samples.map(({ name, error }) => [name, { value: problemOf(error) }])),
      },
    },
  };
}
