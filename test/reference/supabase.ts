import type { Row, Session } from './session.js';

/** What supabase-js answers; it does not throw. */
interface Answer<T> {
  data: T | null;
  error: unknown;
}

/** So much of supabase-js as the pages use: it says as SQL what PostgREST would. */
export interface Supabase {
  from(table: string): Table;
  rpc(name: string, args: Row): Promise<Answer<Row[]>>;
}

interface Table {
  insert(values: Row): { select(columns: string): { single(): Promise<Answer<Row>> } };
  update(values: Row): { eq(column: string, value: unknown): Promise<Answer<null>> };
}

/** As `service_role`, or as a user with claims. */
export function supabaseOn(session: Session, claims?: Row): Supabase {
  const ask = async (statement: string): Promise<Answer<Row[]>> => {
    try {
      const results = await (claims === undefined ? session.as('service_role', statement) : asUser(session, claims, statement));
      return { data: results.at(-1) ?? [], error: null };
    } catch (error) {
      return { data: null, error };
    }
  };
  return {
    from: (table) => ({
      insert: (values) => ({
        select: (columns) => ({
          async single() {
            const names = Object.keys(values);
            const { data, error } = await ask(
              `insert into ${table} (${names}) values (${Object.values(values).map(literal)}) returning ${columns}`,
            );
            return { data: data?.[0] ?? null, error };
          },
        }),
      }),
      update: (values) => ({
        async eq(column, value) {
          const changes = Object.entries(values).map(([name, to]) => `${name} = ${literal(to)}`);
          const { error } = await ask(`update ${table} set ${changes} where ${column} = ${literal(value)}`);
          return { data: null, error };
        },
      }),
    }),
    rpc: (name, args) =>
      ask(`select * from ${name}(${Object.entries(args).map(([argument, value]) => `${argument} => ${literal(value)}`)})`),
  };
}

/** As PostgREST does it: role and claims for one transaction. */
async function asUser(session: Session, claims: Row, statement: string): Promise<Row[][]> {
  await session.run(`begin; set local role authenticated; select set_config('request.jwt.claims', ${literal(claims)}, true)`);
  try {
    const results = await session.run(statement);
    await session.run('commit');
    return results;
  } catch (error) {
    await session.run('rollback');
    throw error;
  }
}

function literal(value: unknown): string {
  if (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')) return `array[${value.map(literal)}]`;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}
