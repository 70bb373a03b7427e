insert into optrail.migrations (name, sha256) values (v_name, v_sha256);
insert into optrail.migrations (name, sha256)
select m.name, m.sha256 from unnest(v_included, v_hashes) as m(name, sha256);

raise notice 'optrail: % is installed', v_name;
end
$optrail$;

commit;
