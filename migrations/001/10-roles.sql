-- Roles, as on Supabase. Roles belong to the cluster and the lock above to one database, so that another install may
-- be making the same role at this moment: whoever comes second waits for the first and takes what it made.

do $do$
declare
  v_role text;
begin
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      begin
        execute format('create role %I nologin noinherit', v_role);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
    if not (select rolsuper from pg_roles where rolname = current_user) then
      for attempt in 1..20 loop
        begin
          execute format('grant %I to current_user', v_role);
          exit;
        exception
          when unique_violation or internal_error then
            perform pg_sleep(random() * 0.05);
          when insufficient_privilege or invalid_grant_operation then
            if not pg_has_role(current_user, v_role, 'member') then
              raise warning 'optrail: % may not act as role %; ask its owner for: grant % to %', current_user, v_role, v_role, current_user;
            end if;
            exit;
        end;
      end loop;
    end if;
  end loop;
end
$do$;
