import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Every file that acts with the connection's own rights. A route is none of them: the server room may not import a database. */
const TRUSTED_IN: Record<string, string> = {
  'src/database/port.ts': 'says what it is',
  'src/database/migrate.ts': 'installs the schema, which only its owner may',
  'src/database/set-aside.ts': 'moves a schema of another version away, which only its owner may',
  'src/client/open/create-client.ts': "the program's own client, which is whoever connects",
  'src/server/backend/as-system.ts': 'the server: each of its acts with a reason',
};

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

test('nothing else acts with the rights of the connection', () => {
  const found = sources('src').filter((file) => /\bTRUSTED\b|kind: 'trusted'/.test(readFileSync(file, 'utf8')));
  expect(found.sort()).toEqual(Object.keys(TRUSTED_IN).sort());
});

test('every act that has a reason is made, and none without', () => {
  const [, list = ''] = /TRUSTED_ACTS = \{([\s\S]*?)\n\}/.exec(readFileSync('src/server/backend/as-system.ts', 'utf8')) ?? [];
  const reasons = [...list.matchAll(/^ {2}'([^']+)':/gm)].map(([, act]) => act);
  const made = sources('src').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:asSystem|\.trusted)\('([^']+)'/g)].map(([, act]) => act),
  );
  expect([...new Set(made)].sort()).toEqual(reasons.sort());
});
