import { OptrailError } from '../../errors.js';
import type { ClientHandle } from '../port.js';
import { iterationsOver } from './iterations.js';
import { projectsOver } from './projects.js';
import { reportsOver } from './reports.js';
import { runsOver } from './runs.js';
import { samplesOver } from './samples.js';
import { type HttpClientOptions, Transport } from './transport.js';

export type { HttpClientOptions } from './transport.js';

/**
 * The helper functions over HTTP: input is validated before anything is sent, answers and errors are those of the functions on the
 * server. Nothing is sent before the first call. Rejects with `not_configured` where the URL or the key cannot be one.
 *
 * Where nothing answers, calls reject with `server_unreachable`, which is worth another try; where something answers that is no
 * Optrail server, with `server_error`. A batch of samples is one request: the server's limit on bodies (32 MiB) is the batch's too.
 */
export function createHttpClient(options: HttpClientOptions): ClientHandle {
  const transport = new Transport(options);
  const close = () => transport.close();
  return {
    ...runsOver(transport),
    ...iterationsOver(transport),
    ...samplesOver(transport),
    ...reportsOver(transport),
    ...projectsOver(transport),
    as() {
      throw new OptrailError('not_configured', 'Over HTTP the key or the token says who you are, and as() cannot say otherwise.', {
        path: 'as',
        hint: 'Create another client with that user’s token: createClient({ url, apiKey }).',
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
