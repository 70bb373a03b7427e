/** The list of what somebody, or an accident, may send. Each entry has rows for each door that it can come through. */
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
  'duplicate keys',
  'a byte order mark',
  'a huge header',
  'a slow body',
] as const;
export type Entry = (typeof ENTRIES)[number];

/** What comes over HTTP alone (`http.test.ts`): the SDK sends none of it, and is sent none of it. */
export const HTTP_ONLY: readonly Entry[] = [
  'a gzip bomb',
  'a foreign Origin',
  "a live stream with another tenant's key",
  'duplicate keys',
  'a byte order mark',
  'a huge header',
  'a slow body',
];

/** Not through the SDK (`cli.test.ts`): its texts are no bytes, and it writes no CSV. */
export const CLI_ONLY: readonly Entry[] = ['formulas in a CSV cell', 'invalid UTF-8'];

/** What has no form in the text of a request, or of an answer. */
export const NOT_OVER_HTTP: readonly Entry[] = ['circular object, throwing getter, throwing toJSON', 'formulas in a CSV cell'];
