import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, runScript } from './script.js';

const MIGRATION = `
do $migration$ begin
  create table public.optimization_runs (
    id uuid constraint optimization_runs_pkey primary key,
    status text not null default 'pending' constraint optimization_runs_status check (status in ('pending', 'it''s')),
    name text not null constraint optimization_runs_name check (length(name) <= 200),
    decision text constraint optimization_runs_decision check (decision in ('accepted', 'rejected')),
    config jsonb not null,
    model text generated always as (config ->> 'model') stored,
    hash bytea,
    parents integer[] not null default '{}',
    tokens bigint not null default 0,
    created_at timestamptz not null default now()
  );
  comment on table public.optimization_runs is 'One call of an optimizer.';
  comment on column public.optimization_runs.name is E'Two\\nlines, and */ inside.';
  create materialized view public.optimization_run_analytics as select status, count(*) as total_runs from public.optimization_runs group by 1;
  create function public.get_top_runs(p_limit integer) returns table (run_id uuid, score numeric) language sql
    as 'select id, 1.0 from public.optimization_runs limit p_limit';
  create role authenticated;
  create function public.record_run(p_run jsonb, p_tags text[] default '{}') returns setof public.optimization_runs language sql
    as 'select * from public.optimization_runs';
  create function public.get_secret() returns setof public.optimization_runs language sql as 'select * from public.optimization_runs';
  revoke execute on function public.get_secret() from public;
  create function public.get_none(p_limit integer) returns integer language sql as 'select p_limit';
end $migration$;
`;

const ROWS = String.raw`
export type OptimizationRunAnalyticsRow = {
  status: string | null;
  total_runs: number | null;
};

/** One call of an optimizer. */
export type OptimizationRunsRow = {
  id: string;
  status: 'pending' | 'it\'s';
  /** Two
   * lines, and *\/ inside. */
  name: string;
  decision: 'accepted' | 'rejected' | null;
  config: JsonValue;
  readonly model: string | null;
  hash: Uint8Array | null;
  parents: number[];
  tokens: number;
  created_at: string;
};

export type GetTopRunsRow = {
  run_id: string | null;
  score: number | null;
};

/** A row as PostgREST writes it, where bytes are text. */
type AsJson<Row> = { [Column in keyof Row]: Uint8Array extends Row[Column] ? string | Exclude<Row[Column], Uint8Array> : Row[Column] };

/** The functions that a user of supabase-js calls with ${'`rpc`'}, in the form of ${"`Database['public']['Functions']`"}. */
export type OptrailFunctions = {
  get_top_runs: { Args: { p_limit: number }; Returns: AsJson<GetTopRunsRow>[] };
  record_run: { Args: { p_run: JsonValue; p_tags?: string[] }; Returns: AsJson<OptimizationRunsRow>[] };
};
`;

test('row types say what the schema says, and --check sees when they no longer do', () => {
  const folder = folderWith({ 'migrations/001.sql': MIGRATION, 'src/database/rows.generated.ts': '' });
  const generated = join(folder, 'src/database/rows.generated.ts');

  expect(runScript(folder, 'gen-rows.mjs')).toMatchObject({ status: 0, stderr: '' });
  expect(readFileSync(generated, 'utf8').endsWith(ROWS), readFileSync(generated, 'utf8')).toBe(true);

  writeFileSync(join(folder, 'migrations/002.sql'), 'alter table public.optimization_runs add column notes text;');
  const stale = runScript(folder, 'gen-rows.mjs', ['--check']);
  expect(stale).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/rows\.generated\.ts is out of date at line \d+: run `npm run gen`/),
  });
  expect(readFileSync(generated, 'utf8')).not.toContain('notes');
}, 60_000);

test('the golden schema holds the rules, and neither versions nor session settings', () => {
  const folder = folderWith({ 'migrations/001.sql': MIGRATION, 'test/golden/schema.sql': '' });
  expect(runScript(folder, 'gen-schema.mjs')).toMatchObject({ status: 0, stderr: '' });
  const golden = readFileSync(join(folder, 'test/golden/schema.sql'), 'utf8');
  expect(golden).toContain('CONSTRAINT optimization_runs_name CHECK ((length(name) <= 200))');
  expect(golden).not.toMatch(/restrict|^SET |pg_dump version|database version/m);
}, 60_000);
