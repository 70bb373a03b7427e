import { OptrailError } from '../errors.js';

/**
 * The address of an Optrail server as requests are put together from it: with the path it is mounted below, and without a slash at
 * its end. Rejects with `not_configured`; the error never shows a password.
 * @param source the variable or option it came from, for the error
 */
export function serverUrl(url: string, source: string): string {
  const form = { path: source, hint: 'It has the form http://127.0.0.1:4700, as `optrail serve` prints it.' };
  if (!URL.canParse(url)) throw new OptrailError('not_configured', `${source} is not a URL.`, form);
  const { protocol, username, password, origin, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new OptrailError('not_configured', `${source} is not the URL of a server: it begins with ${protocol}//`, form);
  }
  if (username !== '' || password !== '') {
    const hint = 'Leave them out of the URL. A key or a token goes into apiKey, or OPTRAIL_API_KEY.';
    throw new OptrailError('not_configured', `${source} holds a user name or a password, which no Optrail server takes.`, {
      path: source,
      hint,
    });
  }
  // A URL copied from a request ends with /v1.
  return origin + pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
}
