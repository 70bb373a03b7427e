/** The list of what somebody, or an accident, may send. Each entry has rows below, or its reason for having none. */
export const ENTRIES = [
  'NUL in text and in JSON',
  'lone surrogates',
  'NaN and infinities',
  '1e400',
  '1e131071',
  '2^53+1',
  'int4 and int8 overflow',
  'depth 65, 5,000 and 20,000',
  '5 million brackets',
  '__proto__, constructor, prototype',
  'circular object, throwing getter, throwing toJSON',
  'times out of range',
  'a name of 9 KB',
  'a 16 MB prompt',
  'a 200 MB body',
  'a batch of a million',
  'more than 65,535 parameters',
  'LIKE metacharacters',
  'SQL in sort, filter, cursor and JSON path',
  "another tenant's id",
  "a project that is not the key's",
  'an id used before',
  'markup in a prompt',
  'formulas in a CSV cell',
  'a path as a name',
  'CR LF, bidi and zero-width in a name',
  'invalid UTF-8',
  'a late row',
  'a gzip bomb',
  'a foreign Origin',
  "a live stream with another tenant's key",
] as const;
export type Entry = (typeof ENTRIES)[number];

/** What can't come through the SDK or the command line: whoever makes that door tests it there. */
export const ELSEWHERE: Partial<Record<Entry, string>> = {
  'a gzip bomb': 'the REST server, which alone reads compressed bodies',
  'a foreign Origin': 'the REST server, which alone is called by browsers',
  "a live stream with another tenant's key": 'the REST server, which alone streams',
};

/** Tested through the command line alone (`cli.test.ts`): text that is inert until something displays it. */
export const CLI_ONLY: readonly Entry[] = ['formulas in a CSV cell', 'invalid UTF-8'];
