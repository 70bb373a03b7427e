-- Optrail: the trail that a prompt optimizer leaves, in PostgreSQL 15 to 18.
--
--   psql "$SUPABASE_DB_URL" -f migrations/001_optimization_runs.sql
--
-- One transaction, safe to run again: if the schema is installed already, it says so and changes nothing.
-- `optrail migrate` runs this same text. OPTIMIZATION_SCHEMA_README.md says what each table means.
--
-- `npm run gen` joins this file from the parts in migrations/001/. Each part is ordinary SQL; one DO block executes them all, since
-- plain SQL has no other way to stop early without an error. Seed tables and the functions that callers use are in schema `public`;
-- what they are built from is in schema `optrail`.

begin;

set local search_path = pg_catalog, pg_temp;
set local client_min_messages = notice;

do $optrail$
declare
  -- sha256 of this file with these 64 digits as zeros
  v_sha256 constant text := '0000000000000000000000000000000000000000000000000000000000000000';
  v_name constant text := '001_optimization_runs';
  -- The migrations whose changes this file holds already, and their hashes.
  v_included constant text[] := {{included}};
  v_hashes constant text[] := {{hashes}};
  v_installed text;
begin

-- Two installers of one database wait for each other here; the number is arbitrary and Optrail's own.
perform pg_advisory_xact_lock(4700001);

-- Not to_regclass, which may answer from a cache older than the wait for the lock.
if exists (select from pg_tables where schemaname = 'optrail' and tablename = 'migrations') then
  execute 'select sha256 from optrail.migrations where name = $1' into v_installed using v_name;
  if v_installed is not null then
    execute 'select m.name from unnest($1) as m(name) where m.name not in (select name from optrail.migrations) order by 1 limit 1'
      into v_installed using v_included;
    if v_installed is null then
      raise notice 'optrail: % is installed already; nothing was changed', v_name;
      return;
    end if;
    raise exception using
      errcode = 'OT006',
      message = format('optrail: this database has an older schema, without %s; nothing was changed', v_installed),
      hint = format('Run `optrail migrate`, or psql -f migrations/%s.sql and each file after it. No row is lost.', v_installed);
  end if;
end if;
