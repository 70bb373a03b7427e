/** Names a server for people: the URL without its password, or what can be seen of a pool's settings. */
export function describeTarget(url: string | undefined, options: unknown): string {
  const seen = (typeof options === 'object' && options !== null ? options : {}) as Record<string, unknown>;
  const text = url ?? (typeof seen.connectionString === 'string' ? seen.connectionString : undefined);
  if (text !== undefined && URL.canParse(text)) return withoutPassword(new URL(text));
  const { user, host, port, database } = seen;
  if (typeof host !== 'string') return 'a PostgreSQL pool';
  return `postgresql://${user ? `${user}@` : ''}${host}${port ? `:${port}` : ''}/${database ?? ''}`;
}

// Query parameters can hold a password too, and say nothing that a reader needs.
function withoutPassword(url: URL): string {
  return `${url.protocol}//${url.username ? `${url.username}${url.password ? ':***' : ''}@` : ''}${url.host}${url.pathname}`;
}
