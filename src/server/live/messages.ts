/** A server-sent event. A client that reconnects sends the id of its last one. */
export function message(event: string, id: string, data: object): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Pause of a client before it reconnects, in ms. */
export const RETRY = 'retry: 1000\n\n';

/** A heartbeat comment with the current position as id. */
export function ping(id: string): string {
  return `: ping\nid: ${id}\n\n`;
}
