import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Environment, maskUrl, postgresUrl, readSettings } from '../src/config.js';
import { temporaryDirectory } from './support/databases.js';

const URL_A = 'postgresql://a:x@host-a/db';
const URL_B = 'postgres://b:x@host-b/db';

function target(environment: Environment): unknown {
  return readSettings(environment, '/').target;
}

describe('the target', () => {
  test('is OPTRAIL_DATABASE_URL, then SUPABASE_DB_URL', () => {
    expect(target({ OPTRAIL_DATABASE_URL: URL_A, SUPABASE_DB_URL: URL_B })).toEqual({
      kind: 'postgres',
      url: URL_A,
      source: 'OPTRAIL_DATABASE_URL',
    });
    expect(target({ SUPABASE_DB_URL: URL_B })).toEqual({ kind: 'postgres', url: URL_B, source: 'SUPABASE_DB_URL' });
  });

  test('is never a bare DATABASE_URL', () => {
    expect(target({ DATABASE_URL: URL_A })).toMatchObject({ kind: 'embedded' });
  });

  test('is not an empty variable', () => {
    expect(target({ OPTRAIL_DATABASE_URL: ' ', SUPABASE_DB_URL: URL_B })).toMatchObject({ url: URL_B });
  });

  test('is beside the nearest package.json upwards, else in the directory itself', () => {
    const root = realpathSync(temporaryDirectory());
    const deep = join(root, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    expect(readSettings({}, deep).target).toEqual({ kind: 'embedded', directory: join(deep, '.optrail'), source: 'default' });
    writeFileSync(join(root, 'package.json'), '{}');
    expect(readSettings({}, deep).target).toMatchObject({ directory: join(root, '.optrail') });
    writeFileSync(join(root, 'a', 'package.json'), '{}');
    expect(readSettings({}, deep).target).toMatchObject({ directory: join(root, 'a', '.optrail') });
  });

  test('is the server of OPTRAIL_URL before any database, with OPTRAIL_API_KEY', () => {
    const server = { OPTRAIL_URL: 'https://optrail.example/api/', OPTRAIL_DATABASE_URL: URL_A };
    expect(target(server)).toEqual({ kind: 'server', url: 'https://optrail.example/api', source: 'OPTRAIL_URL' });
    expect(target({ ...server, OPTRAIL_API_KEY: ' key ' })).toMatchObject({ kind: 'server', apiKey: 'key' });
    expect(target({ OPTRAIL_API_KEY: 'key', OPTRAIL_DATABASE_URL: URL_A })).toMatchObject({ kind: 'postgres' });
  });

  test.each(['localhost:4700', 'not a url', URL_A, 'http://me:sec.ret@host', 'https://optrail_sec_ret@host'])(
    'is not %s, which is refused by the name of its variable and not shown',
    (url) => {
      const reading = (): unknown => target({ OPTRAIL_URL: url });
      expect(reading).toThrow(expect.objectContaining({ code: 'not_configured', path: 'OPTRAIL_URL', hint: expect.any(String) }));
      expect(reading).not.toThrow(/sec.?ret/);
    },
  );

  test.each([
    ['http://127.0.0.1:4700/', 'http://127.0.0.1:4700'],
    ['https://host/api/optrail/v1/', 'https://host/api/optrail'],
    ['HTTP://Host:80/?x#y', 'http://host'],
  ])('%s is the server at %s', (url, address) => {
    expect(target({ OPTRAIL_URL: url })).toMatchObject({ url: address });
  });
});

describe('a serverless platform', () => {
  test.each(['AWS_LAMBDA_FUNCTION_NAME', 'VERCEL', 'NETLIFY', 'K_SERVICE', 'FUNCTION_TARGET', 'WEBSITE_INSTANCE_ID'])(
    '%s without a URL is refused',
    (name) => {
      expect(() => target({ [name]: '1' })).toThrow(
        expect.objectContaining({
          code: 'not_configured',
          message: expect.stringMatching(`${name}.*vanish`),
          hint: expect.stringContaining('OPTRAIL_DATABASE_URL'),
        }),
      );
      expect(target({ [name]: '1', SUPABASE_DB_URL: URL_B })).toMatchObject({ url: URL_B });
    },
  );
});

describe('a URL', () => {
  test.each(['localhost:5432/db', 'mysql://me:secret@host/db', 'not a url', 'postgresql://me:sec#ret@host:x/db'])(
    '%s is refused by the name of its variable',
    (url) => {
      const reading = (): unknown => target({ SUPABASE_DB_URL: url });
      expect(reading).toThrow(
        expect.objectContaining({ code: 'not_configured', message: expect.stringContaining('SUPABASE_DB_URL'), hint: expect.any(String) }),
      );
      expect(reading).not.toThrow(/sec.?ret/);
    },
  );

  test('is returned as it is', () => {
    expect(postgresUrl(URL_A, '--db')).toBe(URL_A);
  });

  test.each([
    ['postgresql://me:secret@host:5432/db?sslmode=require', 'postgresql://me:***@host:5432/db?sslmode=require'],
    ['postgresql://me@host/db', 'postgresql://me@host/db'],
    ['postgresql://host/db?password=secret&sslpassword=secret', 'postgresql://host/db?password=***&sslpassword=***'],
    ['secret', '***'],
  ])('%s is masked', (url, masked) => {
    expect(maskUrl(url)).toBe(masked);
  });
});
