import type { Row } from '../database/port.js';
import type { TrailEvent } from '../schemas/event.js';
import { Parameters } from './parameters.js';
import { type Scope, theRow } from './scope.js';

/** The channel that writers notify while a server listens. */
export const EVENT_CHANNEL = 'optrail_events';

/** Most events that are read at once; whoever missed more reads everything anew, which is less. */
export const MOST_EVENTS = 10_000;

/** An event with the number of the transaction that wrote it, which a position sees or does not. */
export interface CommittedEvent {
  transaction: bigint;
  event: TrailEvent;
}

/** What a read of events gives. */
export interface EventPage {
  events: CommittedEvent[];
  /** The text of the snapshot that this was read with: it has seen everything given. */
  position: string;
  /** Whether events after the position asked for are no longer kept, or are too many. */
  incomplete: boolean;
}

/** An event as the read packs it: transaction, project, run, kind, iterations, status. */
type PackedEvent = [string, string, string, TrailEvent['kind'], number[] | null, TrailEvent['status']];

/**
 * What was committed since a snapshot was taken, of all that the caller sees; without one, nothing and the snapshot of now.
 *
 * What is new is what the earlier snapshot did not see, and not what has a higher number: a transaction gets its number when it
 * begins, and may commit long after others that began later. The new snapshot is that of the very statement that reads.
 */
export async function readEvents(
  scope: Scope,
  topic: { projectId: string; runId?: string | undefined } | null,
  position: string | null,
): Promise<EventPage> {
  const [row] = await scope.query<Row & { position: string; incomplete: boolean; events: PackedEvent[] }>(
    position === null ? { text: NOW } : since(topic, position),
  );
  const page = theRow(row === undefined ? [] : [row], 'the reading of events');
  const isTooMuch = page.events.length > MOST_EVENTS;
  return {
    events: isTooMuch ? [] : page.events.map(unpacked),
    position: page.position,
    incomplete: page.incomplete || isTooMuch,
  };
}

const NOW = "select pg_current_snapshot()::text as position, false as incomplete, '[]'::jsonb as events";

function since(topic: { projectId: string; runId?: string | undefined } | null, position: string) {
  const parameters = new Parameters();
  const before = `${parameters.add(position)}::pg_snapshot`;
  const where = [
    `e.xid >= pg_snapshot_xmin(${before})`,
    // What a restore brought along from another server may lie ahead of this one's transactions.
    'e.xid < pg_snapshot_xmax(pg_current_snapshot())',
    `not pg_visible_in_snapshot(e.xid, ${before})`,
    ...(topic === null ? [] : [`e.project_id = ${parameters.add(topic.projectId)}`]),
    ...(topic?.runId === undefined ? [] : [`e.run_id = ${parameters.add(topic.runId)}`]),
  ];
  const text = `select pg_current_snapshot()::text as position,
      pg_snapshot_xmax(${before}) > pg_snapshot_xmax(pg_current_snapshot())
        or (p.through >= pg_snapshot_xmin(${before}) and p.through < pg_snapshot_xmax(pg_current_snapshot())) as incomplete,
      coalesce((
        select jsonb_agg(jsonb_build_array(e.xid::text, e.project_id, e.run_id, e.kind, e.iterations, e.status) order by e.id)
        from (select * from optrail.events as e where ${where.join(' and ')} limit ${MOST_EVENTS + 1}) as e
      ), '[]') as events
    from optrail.events_pruned as p`;
  return { text, values: parameters.values };
}

function unpacked([transaction, projectId, runId, kind, iterations, status]: PackedEvent): CommittedEvent {
  return { transaction: BigInt(transaction), event: { kind, projectId, runId, iterations, status } };
}

/** Has writers notify for the next minute, and notifies with the listener's own id, by which it finds out whether it hears. */
export async function keepListener(scope: Scope, id: string): Promise<void> {
  await scope.query({
    text: `with kept as (
        insert into optrail.event_listeners as l (id, expires_at) values ($1::uuid, now() + interval '1 minute')
        on conflict on constraint event_listeners_pkey do update set expires_at = excluded.expires_at
        returning l.id
      ), gone as (
        delete from optrail.event_listeners where expires_at < now() - interval '1 hour' and id <> $1::uuid
      )
      select pg_notify($2, kept.id::text) from kept`,
    values: [id, EVENT_CHANNEL],
  });
}

/** Lets writers be silent again, as far as this listener is concerned. */
export async function removeListener(scope: Scope, id: string): Promise<void> {
  await scope.query({ text: 'delete from optrail.event_listeners where id = $1::uuid', values: [id] });
}
