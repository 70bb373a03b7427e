/** Whether a host name or address always resolves to this machine. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return /^(::ffff:)?127(\.\d{1,3}){3}$/.test(name);
}

/** The name in a Host header without its port, or null if the header is invalid. */
export function hostName(header: string): string | null {
  const url = `http://${header}`;
  return /^[\w.:[\]-]+$/.test(header) && URL.canParse(url) ? new URL(url).hostname : null;
}
