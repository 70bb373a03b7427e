import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, codeIn, readPage, tableUnder } from './markdown.js';
import { type Row, SERVERS, type Session } from './session.js';
import { type Supabase, supabaseOn } from './supabase.js';

const page = readPage('docs/how-to/supabase.md');
const program = blocksOf(page, 'js')
  .map(({ text }) => text)
  .join('\n');
const CALLED = [...program.matchAll(/rpc\('(\w+)'/g)].map(([, name]) => name);

interface Shown {
  run: Row;
  iterations: Row[];
  counts: Row[];
  summaries: Row[];
  top: Row[];
  figures: Row[];
}

async function runGuide(supabase: Supabase): Promise<Shown> {
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
    ...text: string[]
  ) => (supabase: Supabase) => Promise<Shown>;
  return new AsyncFunction('supabase', `${program}\nreturn { run, iterations, counts, summaries, top, figures };`)(supabase);
}

describe.each(SERVERS)('the guide for supabase-js on $name', ({ open }) => {
  let session: Session;
  beforeAll(async () => {
    session = await open();
    await session.run(`
      insert into optimization_projects (id, name) values ('support', 'Support'), ('other', 'Other');
      insert into optimization_project_members (project_id, user_id, role) values ('support', 'anna', 'editor'), ('support', 'vera', 'viewer');`);
  });
  afterAll(() => session?.close());

  test('does what it says for a member', async () => {
    const shown = await runGuide(supabaseOn(session, { sub: 'anna', role: 'authenticated' }));
    expect(shown.iterations).toMatchObject([{ iteration: 1, score: 0.75, run_id: shown.run.id, project_id: 'support' }]);
    expect(shown.counts).toEqual([{ stored: 1, existing: 0 }]);
    expect(shown.summaries).toMatchObject([{ run_id: shown.run.id, best_score: 0.9, best_iteration: 2 }]);
    expect(shown.top).toMatchObject([{ run_id: shown.run.id, final_score: 0.9, metric: 'accuracy' }]);
    expect(shown.figures).toEqual([]);
    await session.run('select refresh_optimization_analytics()');
    const { data } = await supabaseOn(session, { sub: 'vera' }).rpc('get_optimization_analytics', { p_project_id: 'support' });
    expect(data).toMatchObject([{ project_id: 'support', total_runs: 1, max_final_score: 0.9 }]);
    expect(await session.rows(`select created_by from optimization_runs where id = '${shown.run.id}'`)).toEqual([{ created_by: 'anna' }]);
  });

  test('a viewer and a stranger are refused, with the codes of the guide', async () => {
    for (const claims of [{ sub: 'vera' }, { sub: 'nobody' }, { role: 'service_role' }]) {
      const insert = { project_id: 'support', run_name: 'x', optimizer_type: 'gepa' };
      const { error } = await supabaseOn(session, claims).from('optimization_runs').insert(insert).select('id').single();
      expect(error).toMatchObject({ code: '42501' });
    }
    const { data } = await supabaseOn(session, { sub: 'nobody' }).rpc('get_top_runs_by_score', { p_project_id: 'support' });
    expect(data).toEqual([]);
  });

  test('documents every function that a user may call, with its arguments, and calls it', async () => {
    const rows = await session.rows(`
      select proname as name, proargnames[1:pronargs] as arguments, pronargdefaults as optional from pg_proc
      where pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', oid, 'execute') order by proname`);
    const documented = tableUnder(page, 'The functions').map(([name = '', given = '']) => {
      const [required = '', optional = ''] = given.split('[');
      return { name: codeIn(name)[0], arguments: [...codeIn(required), ...codeIn(optional)], optional: codeIn(optional).length };
    });
    expect(documented.sort((one, other) => String(one.name).localeCompare(String(other.name)))).toEqual(rows);
    expect([...new Set(CALLED)].sort()).toEqual(rows.map(({ name }) => name));
  });
});

test('OptrailFunctions names the functions of the guide', () => {
  const [, types = ''] =
    /export type OptrailFunctions = \{([\s\S]*?)\n\};/.exec(readFileSync('src/database/rows.generated.ts', 'utf8')) ?? [];
  expect([...types.matchAll(/^ {2}(\w+): \{ Args/gm)].map(([, name]) => name)).toEqual([...new Set(CALLED)].sort());
});
