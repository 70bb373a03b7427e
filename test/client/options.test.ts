import { describe, expect, test } from 'vitest';
import { createHttpClient } from '../../src/client/http/http-client.js';
import { createClient } from '../../src/client/open/create-client.js';
import { closestName } from '../../src/schemas/did-you-mean.js';
import { createServer } from '../../src/server.js';

describe('an option that is misspelt is refused at once', () => {
  test.each([
    ['createClient', () => createClient({ databseUrl: 'postgresql://localhost/x' } as never), 'databseUrl', 'Did you mean databaseUrl?'],
    ['createClient', () => createClient({ api_key: 'x', url: 'http://localhost' } as never), 'api_key', 'Did you mean apiKey?'],
    ['createClient', () => createClient({ kind: 'x' } as never), 'kind', 'Its options are url, apiKey,'],
    ['createClient', () => createHttpClient({ url: 'http://localhost', apikey: 'x' } as never), 'apikey', 'Did you mean apiKey?'],
    ['createServer', () => createServer({ memory: true, rateLimits: false } as never), 'rateLimits', 'Did you mean rateLimit?'],
    ['auth of createServer', () => createServer({ memory: true, auth: { opne: true } } as never), 'opne', 'Did you mean open?'],
  ])('by %s', (takes, call, path, hint) => {
    expect(call).toThrow(
      expect.objectContaining({
        code: 'not_configured',
        message: `${takes} does not take the option "${path}".`,
        path,
        hint: expect.stringContaining(hint),
      }),
    );
  });
});

test.each([
  ['directon', 'direction'],
  ['scoremax', 'scoreMax'],
  ['run_name', 'runName'],
  ['dierction', 'direction'],
  ['tgas', 'tags'],
  ['tokens', undefined],
  ['x', undefined],
  ['', undefined],
  ['constructor', undefined],
])('%s is near %s', (given, name) => {
  expect(closestName(given, ['direction', 'scoreMax', 'runName', 'tags', 'totalTokens', 'toString'])).toBe(name);
});
