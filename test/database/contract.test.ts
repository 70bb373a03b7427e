import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, type Identity, type SqlValue, TRUSTED } from '../../src/database/port.js';
import type { OptrailErrorCode } from '../../src/errors.js';
import { ENGINES, LENT, POOLS } from '../support/engines.js';

const ANON: Identity = { kind: 'claims', claims: null };
const WHO = {
  text: "select current_user::text as role, session_user = current_user as own, coalesce(current_setting('request.jwt.claims', true), '') as claims",
};

function as(sub: string): Identity {
  return { kind: 'claims', claims: { sub } };
}

describe.each([...ENGINES, LENT, ...POOLS])('a database on $name', ({ open, kind }) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
    await database.script(`
      create table place (id int constraint place_key primary key, note text not null, constraint place_note_length check (length(note) < 10));
      create table visit (id int, place int constraint visit_place references place deferrable initially deferred);
      grant all on place, visit to authenticated;`);
  });
  beforeEach(() => database.script('truncate place, visit'));
  afterAll(() => database?.close());

  async function value(expression: string, ...values: SqlValue[]): Promise<unknown> {
    const [row] = await database.query(TRUSTED, { text: `select ${expression} as value`, values });
    return row?.value;
  }

  const places = async (): Promise<unknown> =>
    (await database.query(TRUSTED, { text: 'select id from place order by id' })).map(({ id }) => id);
  const insert = (id: number, note = 'x') => ({ text: 'insert into place values ($1, $2) returning id', values: [id, note] });

  describe('values', () => {
    test.each<[string, unknown]>([
      ['42::int2', 42],
      ['42::int8', 42],
      ['9007199254740991::int8', Number.MAX_SAFE_INTEGER],
      ['0.1::numeric', 0.1],
      ['0.1::float8', 0.1],
      ['1e100::float8', 1e100],
      ['0::float8', 0],
      ["'NaN'::float8", Number.NaN],
      ['true', true],
      ['false', false],
      ['null::int', null],
      [`'{"a":[1,null,"ä\\u20ac\\"\\\\"],"__proto__":1}'::jsonb`, JSON.parse('{"a":[1,null,"ä€\\"\\\\"],"__proto__":1}')],
      ["'null'::json", null],
      ["'2024-02-29 12:34:56.789123+02'::timestamptz", '2024-02-29T10:34:56.789Z'],
      ["'2024-01-01 00:00:00+05:30'::timestamptz", '2023-12-31T18:30:00.000Z'],
      ["'0001-01-01 00:00:00+00'::timestamptz", '0001-01-01T00:00:00.000Z'],
      ["'0044-03-15 00:00:00+00 BC'::timestamptz", '-000043-03-15T00:00:00.000Z'],
      ["'275760-09-13 00:00:00+00'::timestamptz", '+275760-09-13T00:00:00.000Z'],
      ["'infinity'::timestamptz", 'infinity'],
      ["'2024-02-29'::date", '2024-02-29'],
      ["'\\x00ff10'::bytea", new Uint8Array([0, 255, 16])],
      ["'{1,2,NULL}'::int4[]", [1, 2, null]],
      [
        "'{{1,2},{3,4}}'::int8[]",
        [
          [1, 2],
          [3, 4],
        ],
      ],
      ["'[0:1]={1,2}'::int4[]", [1, 2]],
      [`array['a,b', '"', '\\', '', 'NULL', null, '{}', ' ']`, ['a,b', '"', '\\', '', 'NULL', null, '{}', ' ']],
      ["'{}'::text[]", []],
      [`array['{"a":1}']::jsonb[]`, [{ a: 1 }]],
      [`array['2024-01-01 00:00:00+00'::timestamptz]`, ['2024-01-01T00:00:00.000Z']],
      ["'0190b5a0-0000-7000-8000-000000000000'::uuid", '0190b5a0-0000-7000-8000-000000000000'],
      ["'1 day'::interval", '1 day'],
      ["'3 a'::name", '3 a'],
    ])('reads %s', async (expression, expected) => {
      expect(await value(expression)).toEqual(expected);
    });

    test('times do not depend on the time zone of the session', async () => {
      const rows = await database.transaction(TRUSTED, async (transaction) => {
        await transaction.query({ text: "set local timezone to 'America/St_Johns'" });
        return transaction.query({
          text: "select '1900-01-01 00:00:00Z'::timestamptz as old, '2024-07-01 00:00:00.5Z'::timestamptz as recent",
        });
      });
      expect(rows).toEqual([{ old: '1900-01-01T00:00:00.000Z', recent: '2024-07-01T00:00:00.500Z' }]);
    });

    test.each<[string, SqlValue, unknown]>([
      ['text', `'"\\;-- $1 ä 🙂\n`, `'"\\;-- $1 ä 🙂\n`],
      ['text', '', ''],
      ['int4', 7, 7],
      ['float8', 0.1, 0.1],
      ['float8', 5e-324, 5e-324],
      ['numeric', 12.5, 12.5],
      ['int8', -3, -3],
      ['bool', true, true],
      ['bool', false, false],
      ['text', null, null],
      ['jsonb', '{"a":"\\"ä"}', { a: '"ä' }],
      ['bytea', new Uint8Array([0, 1, 255]), new Uint8Array([0, 1, 255])],
      ['bytea', new Uint8Array(0), new Uint8Array(0)],
      ['text[]', ['a,b', '"', '\\', '', 'NULL', '{}', ' '], ['a,b', '"', '\\', '', 'NULL', '{}', ' ']],
      ['text[]', [], []],
      ['int4[]', [1, -2], [1, -2]],
      ['float8[]', [0.1], [0.1]],
      ['timestamptz', '2024-02-29T10:34:56.789Z', '2024-02-29T10:34:56.789Z'],
    ])('sends %s %j', async (type, sent, expected) => {
      expect(await value(`$1::${type}`, sent)).toEqual(expected);
    });

    test('a part of a larger buffer is sent as that part', async () => {
      expect(await value('$1::bytea', new Uint8Array([9, 1, 2, 9]).subarray(1, 3))).toEqual(new Uint8Array([1, 2]));
    });

    test('a megabyte of text comes back as it went', async () => {
      const text = 'aé🙂'.repeat(150_000);
      expect((await value('$1::text', text)) === text).toBe(true);
    });

    test('65,535 parameters are taken, and one more is refused before it is sent', async () => {
      const text = (count: number): string =>
        `array_length(array[${Array.from({ length: count }, (_, at) => `$${at + 1}::int`).join()}], 1)`;
      expect(await value(text(65_535), ...Array<number>(65_535).fill(1))).toBe(65_535);
      await expect(value(text(65_536), ...Array<number>(65_536).fill(1))).rejects.toMatchObject({ code: 'too_large' });
    });

    test('a write answers with its rows, or with none', async () => {
      expect(await database.query(TRUSTED, insert(1))).toEqual([{ id: 1 }]);
      expect(await database.query(TRUSTED, { text: 'delete from place' })).toEqual([]);
    });
  });

  describe('identities', () => {
    test('claims act as authenticated and are seen by the database', async () => {
      expect(await database.query(as(`o'"\\hara`), WHO)).toEqual([
        { role: 'authenticated', own: false, claims: JSON.stringify({ sub: `o'"\\hara` }) },
      ]);
    });

    test('no claims act as anon', async () => {
      expect(await database.query(ANON, WHO)).toEqual([{ role: 'anon', own: false, claims: '' }]);
    });

    test('what one caller set, the next one does not see, whatever became of it', async () => {
      const clean = { own: true, claims: '' };
      const turns = Array.from({ length: 60 }, async (_, turn) => {
        await database.query(as(`user${turn}`), WHO);
        expect(await database.query(TRUSTED, WHO)).toMatchObject([clean]);
        await expect(database.query(as('x'), { text: 'select 1/0' })).rejects.toMatchObject({ code: 'database_error' });
        expect(await database.query(TRUSTED, WHO)).toMatchObject([clean]);
        await expect(database.query(as('x'), { text: 'no sql' })).rejects.toMatchObject({ sqlState: '42601' });
        const failing = database.transaction(as('x'), async (transaction) => {
          await transaction.query(WHO);
          throw new RangeError('stop');
        });
        await expect(failing).rejects.toThrow(RangeError);
        expect(await database.query(TRUSTED, WHO)).toMatchObject([clean]);
        expect(await database.query(as(`user${turn}`), WHO)).toMatchObject([{ role: 'authenticated', claims: `{"sub":"user${turn}"}` }]);
        expect(await database.query(ANON, WHO)).toMatchObject([{ role: 'anon', claims: '' }]);
      });
      await Promise.all(turns);
    });

    test('a failed statement under claims stores nothing', async () => {
      await expect(database.query(as('x'), { text: 'insert into visit values (1, 99)' })).rejects.toMatchObject({
        code: 'constraint_violation',
        constraint: 'visit_place',
      });
      expect(await value('(select count(*) from visit)')).toBe(0);
    });

    test('a list of statements is not taken for one', async () => {
      await expect(database.query(as('x'), { text: 'reset role; select 1' })).rejects.toMatchObject({ sqlState: '42601' });
    });
  });

  describe('transactions', () => {
    test('hold one identity throughout, and store all', async () => {
      const seen = await database.transaction(as('x'), async (transaction) => {
        await transaction.query(insert(1));
        await transaction.query(insert(2));
        return transaction.query(WHO);
      });
      expect(seen).toMatchObject([{ role: 'authenticated' }]);
      expect(await places()).toEqual([1, 2]);
    });

    test("throw the callback's own error as it is, and store nothing", async () => {
      const error = new RangeError('stop');
      const work = database.transaction(TRUSTED, async (transaction) => {
        await transaction.query(insert(1));
        throw error;
      });
      await expect(work).rejects.toBe(error);
      expect(await places()).toEqual([]);
    });

    test('reject with a failure that the callback swallowed, since nothing was stored', async () => {
      const work = database.transaction(TRUSTED, async (transaction) => {
        await transaction.query(insert(1));
        await transaction.query(insert(1)).catch(() => {});
        return 'done';
      });
      await expect(work).rejects.toMatchObject({ code: 'conflict', constraint: 'place_key' });
      expect(await places()).toEqual([]);
    });

    test('go on after a savepoint', async () => {
      await database.transaction(TRUSTED, async (transaction) => {
        await transaction.query(insert(1));
        await transaction.query({ text: 'savepoint before' });
        await transaction.query(insert(1)).catch(() => {});
        await transaction.query({ text: 'rollback to before' });
        await transaction.query(insert(2));
      });
      expect(await places()).toEqual([1, 2]);
    });

    test('take statements that were not awaited in their order', async () => {
      const rows = await database.transaction(TRUSTED, (transaction) =>
        Promise.all([transaction.query(insert(1)), transaction.query({ text: 'delete from place' }), transaction.query(insert(1))]),
      );
      expect(rows).toEqual([[{ id: 1 }], [], [{ id: 1 }]]);
    });

    test('wait for a statement that nobody awaited', async () => {
      await database.transaction(TRUSTED, async (transaction) => {
        void transaction.query(insert(1));
      });
      expect(await places()).toEqual([1]);
    });

    test('say so when a constraint speaks at the commit', async () => {
      const work = database.transaction(TRUSTED, (transaction) => transaction.query({ text: 'insert into visit values (1, 99)' }));
      await expect(work).rejects.toMatchObject({ code: 'constraint_violation', constraint: 'visit_place' });
    });

    test('may be empty', async () => {
      expect(await database.transaction(TRUSTED, async () => 7)).toBe(7);
    });

    test('refuse statements once they are over', async () => {
      let late: () => Promise<unknown> = async () => {};
      await database.transaction(TRUSTED, async (transaction) => {
        late = () => transaction.query(insert(1));
      });
      await expect(late()).rejects.toMatchObject({ code: 'closed' });
      expect(await places()).toEqual([]);
    });
  });

  describe('scripts', () => {
    test('run several statements', async () => {
      await database.script("insert into place values (1, 'a'); insert into place values (2, ';')");
      expect(await places()).toEqual([1, 2]);
    });

    test('that fail behind their own begin leave no transaction open', async () => {
      await expect(database.script("begin; insert into place values (1, 'a'); select 1/0; commit;")).rejects.toMatchObject({
        sqlState: '22012',
      });
      await database.query(TRUSTED, insert(2));
      expect(await places()).toEqual([2]);
    });
  });

  describe('errors', () => {
    const raise = (state: string): string =>
      `do $$ begin raise exception using errcode = '${state}', message = 'said by the server', hint = 'do this'; end $$`;

    test.each<[string, OptrailErrorCode, boolean]>([
      ['OT001', 'invalid_status_transition', false],
      ['OT002', 'invalid_input', false],
      ['OT003', 'ambiguous_id', false],
      ['OT004', 'not_found', false],
      ['OT005', 'conflict', false],
      ['OT006', 'schema_mismatch', false],
      ['42501', 'forbidden', false],
      ['40001', 'database_busy', true],
      ['40P01', 'database_busy', true],
      ['55P03', 'database_busy', true],
      ['53300', 'database_unreachable', true],
      ['57014', 'aborted', false],
      ['21000', 'ambiguous_id', false],
      ['22023', 'database_error', false],
    ])('%s is %s', async (state, code, retryable) => {
      await expect(database.query(TRUSTED, { text: raise(state) })).rejects.toMatchObject({
        name: 'OptrailError',
        code,
        retryable,
        sqlState: state,
        message: expect.stringContaining('said by the server'),
        hint: 'do this',
        cause: expect.objectContaining({ message: 'said by the server' }),
      });
    });

    test.each<[string, OptrailErrorCode, Record<string, unknown>]>([
      [
        "insert into place values (1, 'x'), (1, 'x')",
        'conflict',
        { constraint: 'place_key', message: expect.stringContaining('(id)=(1)') },
      ],
      [
        "insert into place values (1, 'a secret that is too long')",
        'constraint_violation',
        { constraint: 'place_note_length', message: expect.not.stringContaining('secret') },
      ],
      ['insert into place (id) values (1)', 'constraint_violation', { sqlState: '23502', message: expect.stringContaining('"note"') }],
      ["select 'x'::int", 'invalid_input', {}],
      ["select '{'::json", 'invalid_input', {}],
      [`select '"\\u0000"'::jsonb`, 'invalid_input', {}],
      ['select 99999999999::int', 'invalid_input', {}],
      ["select '2024-13-01'::timestamptz", 'invalid_input', {}],
      ['select (select 1 union select 2)', 'ambiguous_id', {}],
      ['select * from public.optimization_nothing', 'schema_missing', { hint: expect.stringContaining('npx optrail migrate') }],
      ['select public.get_optimization_nothing()', 'schema_missing', {}],
      ['select * from nowhere', 'database_error', { sqlState: '42P01' }],
      ['selec', 'database_error', { sqlState: '42601' }],
    ])('%s', async (text, code, more) => {
      await expect(database.query(TRUSTED, { text })).rejects.toMatchObject({ code, ...more });
    });

    test('a NUL in a parameter', async () => {
      await expect(value('$1::text', 'a\u0000b')).rejects.toMatchObject({ code: 'invalid_input', sqlState: '22021' });
    });

    test('more parameters than the statement has', async () => {
      await expect(value('1', 1)).rejects.toMatchObject({ name: 'OptrailError' });
      expect(await value('1')).toBe(1);
    });
  });

  describe('AbortSignal', () => {
    const slow = { text: kind === 'embedded' ? 'select count(*) from generate_series(1, 3000000)' : 'select pg_sleep(20)' };

    test('that fired already sends nothing', async () => {
      await expect(database.query(TRUSTED, insert(1), { signal: AbortSignal.abort('why') })).rejects.toMatchObject({
        code: 'aborted',
        cause: 'why',
      });
      await expect(
        database.transaction(TRUSTED, async (transaction) => transaction.query(insert(1)), { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ code: 'aborted' });
      expect(await places()).toEqual([]);
    });

    test('rejects at once, and the database goes on', async () => {
      const begun = Date.now();
      await expect(database.query(as('x'), slow, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'aborted' });
      expect(Date.now() - begun).toBeLessThan(5_000);
      expect(await database.query(TRUSTED, WHO)).toMatchObject([{ own: true, claims: '' }]);
    });

    test('rolls a transaction back, even one whose callback never ends', async () => {
      const controller = new AbortController();
      let late: () => Promise<unknown> = async () => {};
      const work = database.transaction(
        as('x'),
        async (transaction) => {
          await transaction.query(insert(1));
          late = () => transaction.query(insert(2));
          setTimeout(() => controller.abort(), 20);
          await new Promise(() => {});
        },
        { signal: controller.signal },
      );
      await expect(work).rejects.toMatchObject({ code: 'aborted' });
      await expect(late()).rejects.toMatchObject({ name: 'OptrailError' });
      expect(await places()).toEqual([]);
    });

    test('that never fires changes nothing', async () => {
      expect(await database.query(TRUSTED, insert(1), { signal: new AbortController().signal })).toEqual([{ id: 1 }]);
    });
  });
});

describe.each([...ENGINES])('a closed database on $name', ({ open }) => {
  test('waits for what is under way, refuses what comes later, and may be closed again', async () => {
    const database = await open();
    const under = database.query(TRUSTED, { text: 'select 1 as one' });
    await Promise.all([database.close(), database.close()]);
    await expect(under).resolves.toEqual([{ one: 1 }]);
    await expect(database.query(TRUSTED, { text: 'select 1' })).rejects.toMatchObject({ code: 'closed' });
    await expect(database.transaction(TRUSTED, async () => 1)).rejects.toMatchObject({ code: 'closed' });
  });
});
