/** One check of Supabase's database advisor (splinter), asked of our own schema. */
export interface Check {
  /** Its number and name there. */
  lint: string;
  /** Gives one `finding` a row. */
  sql: string;
  /** Findings that stay, each with its reason. */
  exceptions?: Record<string, string>;
}

const OURS = `n.nspname in ('public', 'optrail')`;
const TABLES = `pg_class as c join pg_namespace as n on n.oid = c.relnamespace`;
const POLICIES = `pg_policy as p join pg_class as c on c.oid = p.polrelid join pg_namespace as n on n.oid = c.relnamespace`;
const FUNCTIONS = `pg_proc as p join pg_namespace as n on n.oid = p.pronamespace`;
const CLAUSES = `concat(pg_get_expr(p.polqual, p.polrelid), ' ', pg_get_expr(p.polwithcheck, p.polrelid))`;
const API = `n.nspname = 'public'`;
const BOUND = 'its body was bound when it was made (`return ...`), and reads no search_path';

/** What PostgREST serves is schema `public`; `optrail` is not exposed. */
export const CHECKS: readonly Check[] = [
  {
    lint: '0001 unindexed_foreign_keys',
    sql: `select k.conname as finding from pg_constraint as k join ${TABLES} on c.oid = k.conrelid
      where ${OURS} and k.contype = 'f' and not exists (
        select from pg_index as i where i.indrelid = k.conrelid and i.indisvalid
          and (string_to_array(i.indkey::text, ' ')::smallint[])[1:cardinality(k.conkey)] = k.conkey)`,
    exceptions: {
      optimization_iterations_run_fkey: 'idx_optimization_iterations_run_id begins with run_id, which alone is one run',
      optimization_samples_iteration_fkey: 'the primary key begins with run_id and iteration, and holds project_id too',
    },
  },
  {
    lint: '0003 auth_rls_initplan',
    sql: `select format('%s.%s', c.relname, p.polname) as finding from ${POLICIES}
      where ${OURS} and ${CLAUSES} ~* 'auth\\.|current_setting|accessible_projects' and ${CLAUSES} !~* 'select\\s+(auth\\.|current_setting|(\\w+\\.)?accessible_projects)'`,
  },
  {
    lint: '0004 no_primary_key',
    sql: `select c.relname as finding from ${TABLES} where ${OURS} and c.relkind = 'r'
      and not exists (select from pg_index as i where i.indrelid = c.oid and i.indisprimary)`,
  },
  {
    lint: '0006 multiple_permissive_policies',
    sql: `select format('%s for %s on %s', r.rolname, command, c.relname) as finding
      from ${POLICIES} join pg_roles as r on r.oid = any (p.polroles) or p.polroles = '{0}'
      cross join unnest(case p.polcmd when '*' then '{r,a,w,d}' else array[p.polcmd::text] end) as command
      where ${OURS} and p.polpermissive and not r.rolbypassrls group by c.relname, r.rolname, command having count(*) > 1`,
  },
  {
    lint: '0007 policy_exists_rls_disabled',
    sql: `select distinct c.relname as finding from ${POLICIES} where ${OURS} and not c.relrowsecurity`,
  },
  {
    lint: '0008 rls_enabled_no_policy',
    sql: `select c.relname as finding from ${TABLES}
      where ${OURS} and c.relrowsecurity and not exists (select from pg_policy as p where p.polrelid = c.oid)`,
  },
  {
    lint: '0009 duplicate_index',
    sql: `select string_agg(indexname, ', ') as finding from pg_indexes where schemaname in ('public', 'optrail')
      group by schemaname, tablename, replace(indexdef, indexname, '') having count(*) > 1`,
  },
  {
    lint: '0010 security_definer_view',
    sql: `select c.relname as finding from ${TABLES}
      where ${OURS} and c.relkind = 'v' and not coalesce('security_invoker=true' = any (c.reloptions), false)`,
  },
  {
    lint: '0011 function_search_path_mutable',
    sql: `select p.proname as finding from ${FUNCTIONS}
      where ${OURS} and not exists (select from unnest(p.proconfig) as setting where setting like 'search_path=%')`,
    exceptions: Object.fromEntries(
      [
        'are_scores',
        'are_tags',
        'can_be_best',
        'claims',
        'ids_if_few',
        'is_score',
        'is_active_key',
        'is_allowed_transition',
        'microseconds',
        'role_rank',
        'run_status',
        'uuid_v7',
      ].map((name) => [name, BOUND]),
    ),
  },
  {
    lint: '0013 rls_disabled_in_public',
    sql: `select c.relname as finding from ${TABLES} where ${OURS} and c.relkind = 'r' and not c.relrowsecurity`,
  },
  { lint: '0014 extension_in_public', sql: `select extname as finding from pg_extension where extnamespace = 'public'::regnamespace` },
  {
    lint: '0015 rls_references_user_metadata',
    sql: `select format('%s.%s', c.relname, p.polname) as finding from ${POLICIES} where ${OURS} and ${CLAUSES} ~ 'user_metadata'
      union all select p.proname from ${FUNCTIONS} where ${OURS} and p.prosrc ~ 'user_metadata'`,
  },
  {
    lint: '0016 materialized_view_in_api, 0017 foreign_table_in_api',
    sql: `select c.relname as finding from ${TABLES} where ${API} and c.relkind in ('m', 'f')
      and (has_table_privilege('anon', c.oid, 'select') or has_table_privilege('authenticated', c.oid, 'select'))`,
  },
  {
    lint: '0018 unsupported_reg_types',
    sql: `select format('%s.%s', c.relname, a.attname) as finding from ${TABLES} join pg_attribute as a on a.attrelid = c.oid
      where ${OURS} and a.attnum > 0 and a.atttypid::regtype::text ~ '^reg' and a.atttypid <> 'regclass'::regtype`,
  },
  {
    lint: '0002 auth_users_exposed, 0021 fkey_to_auth_unique',
    sql: `select k.conname as finding from pg_constraint as k join ${TABLES} on c.oid = k.conrelid
      where ${OURS} and k.contype = 'f' and k.confrelid::regclass::text ~ '^(auth|storage)\\.'
      union all select c.relname from ${TABLES} where ${OURS} and c.relkind in ('v', 'm') and pg_get_viewdef(c.oid) ~ '\\mauth\\.'`,
  },
  {
    lint: '0023 sensitive_columns_exposed',
    sql: `select format('%s.%s', c.relname, a.attname) as finding from ${TABLES} join pg_attribute as a on a.attrelid = c.oid
      where ${API} and a.attname ~* '(^|_)(password|passwd|secret|token|jwt|api_?key|private_key|ssn|otp)$'
        and has_column_privilege('authenticated', c.oid, a.attnum, 'select')`,
  },
  {
    lint: '0024 rls_policy_always_true',
    sql: `select format('%s.%s', c.relname, p.polname) as finding from ${POLICIES}
      where ${OURS} and p.polpermissive and p.polcmd <> 'r'
        and (p.polroles = '{0}' or p.polroles && array['anon'::regrole::oid, 'authenticated'::regrole::oid])
        and (coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') ~* '^\\(?(true|1 ?= ?1)\\)?$' and p.polcmd <> 'a'
          or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), case p.polcmd when 'a' then 'true' end) ~* '^\\(?(true|1 ?= ?1)\\)?$')`,
  },
  {
    lint: '0026 pg_graphql_anon_table_exposed',
    sql: `select format('%s.%s', c.relname, a.attname) as finding from ${TABLES} join pg_attribute as a on a.attrelid = c.oid
      where ${OURS} and c.relkind in ('r', 'v', 'm', 'f') and a.attnum > 0 and has_column_privilege('anon', c.oid, a.attnum, 'select')`,
  },
  {
    lint: '0028 and 0029 security_definer_function_executable',
    sql: `select p.proname as finding from ${FUNCTIONS}
      where ${API} and p.prosecdef and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute'))`,
  },
];

/** Those of the advisor that ask nothing of a schema like ours. */
export const NOT_ASKED: Record<string, string> = {
  '0005 unused_index': 'reads the statistics of a live database',
  '0019 insecure_queue_exposed_in_api': 'is about pgmq, which is not used',
  '0020 table_bloat': 'reads the statistics of a live database',
  '0022 extension_versions_outdated': 'no extension is installed',
  '0025 public_bucket_allows_listing': 'is about storage buckets, of which there are none',
  '0027 pg_graphql_authenticated_table_exposed': 'that members can see the tables they read is the purpose of granting it',
};
