import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../support/databases.js';
import { cliHere } from './process.js';

let db: string;
beforeAll(async () => {
  db = await freshDatabase(15, { migrated: true });
});

describe('on an empty database', () => {
  test.each(['runs list', 'projects', 'leaderboard', 'leaderboard --project demo'])('%s says what to do next', async (command) => {
    const { code, stdout, stderr } = await cliHere([...command.split(' '), '--db', db]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('There is nothing here yet: npx optrail demo records a first run.');
  });

  test.each(['runs list', 'projects', 'leaderboard'])('%s is an empty list in every format', async (command) => {
    const answer = async (format: string) => (await cliHere([...command.split(' '), '--db', db, '--output', format])).stdout;
    expect(JSON.stringify(JSON.parse(await answer('json')))).toMatch(/^([[]]|[{]"data":[[]],.*)$/);
    expect(await answer('ndjson')).toBe('');
    expect((await answer('csv')).split('\r\n')).toHaveLength(2);
    expect((await answer('md')).split('\n')).toHaveLength(3);
  });

  test.each(['runs show latest', 'iterations list latest', 'samples list latest#best', 'best latest'])(
    '%s finds no run, and says what to do next',
    async (command) => {
      const { code, stdout, stderr } = await cliHere([...command.split(' '), '--db', db]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('error: There are no runs yet.\nfix: npx optrail demo records a first one.');
    },
  );
});
