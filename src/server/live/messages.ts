/** A message of a stream of server-sent events. The id is where a client goes on from that has had it. */
export function message(event: string, id: string, data: object): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Milliseconds after which a client whose connection broke tries again. */
export const RETRY = 'retry: 1000\n\n';

/** No message, but a sign of life, and the place that a client goes on from. */
export function ping(id: string): string {
  return `: ping\nid: ${id}\n\n`;
}
