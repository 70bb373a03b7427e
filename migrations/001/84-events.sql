-- Events: that something was committed, for whoever watches. Ids only; what it is now is read with the reader's own rights.
-- The transaction is kept and not a number in order, since numbers are given out before the commit: what is new to a reader
-- is what its last snapshot did not see, and however late a transaction commits, nothing slips behind that.

create table optrail.events (
  xid xid8 not null default pg_current_xact_id(),
  id bigint not null generated always as identity,
  project_id text not null,
  run_id uuid not null,
  kind text not null,
  iterations integer[],
  status text,
  created_at timestamptz not null default clock_timestamp(),
  -- The one index that a writer pays for: an hour of events is little to read for one project.
  constraint events_pkey primary key (xid, id),
  constraint events_kind_known
    check (kind in ('run.changed', 'run.status', 'run.deleted', 'iteration.recorded', 'samples.recorded'))
);
comment on table optrail.events is 'What was committed to the trail within the last hour, one row for each run and statement.';
comment on column optrail.events.xid is 'The transaction, which a snapshot sees or does not.';
comment on column optrail.events.id is 'Order within a run: its events are written by who holds its lock.';
comment on column optrail.events.project_id is 'The project. No foreign key: that a run is gone is told after it.';
comment on column optrail.events.run_id is 'The run.';
comment on column optrail.events.kind is 'run.changed, run.status, run.deleted, iteration.recorded or samples.recorded.';
comment on column optrail.events.iterations is 'Numbers of the iterations it happened to; null where there are none, or more than 100.';
comment on column optrail.events.status is 'The status that the run was given; of run.status alone.';
comment on column optrail.events.created_at is 'Database clock, when it was written; it may have been committed later.';

create table optrail.events_pruned (
  only_row boolean not null default true constraint events_pruned_pkey primary key,
  through xid8 not null default '0',
  constraint events_pruned_one_row check (only_row)
);
comment on table optrail.events_pruned is 'How far events are no longer kept.';
comment on column optrail.events_pruned.only_row is 'Always true: the table has one row.';
comment on column optrail.events_pruned.through is 'The highest transaction of which an event was removed: a snapshot that may not have seen it has missed something.';
insert into optrail.events_pruned default values;

create table optrail.event_listeners (
  id uuid constraint event_listeners_pkey primary key,
  expires_at timestamptz not null
);
comment on table optrail.event_listeners is 'Servers that wait for notifications. While there are none, writers send none, since NOTIFY makes commits wait for each other.';
comment on column optrail.event_listeners.id is 'The server, for as long as somebody follows it.';
comment on column optrail.event_listeners.expires_at is 'Database clock; the server moves it on while it lives.';
