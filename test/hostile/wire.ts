import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';

/** A request as nobody's client would make it: path, headers and body go out as they are. */
export interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  /** In pieces it goes without a length, and no further than the server takes it. */
  body?: string | Uint8Array | Iterable<Uint8Array>;
  bearer?: string | undefined;
}

export interface Received {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
  /** The text as JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at.
  json: any;
  /** Bytes of a body in pieces that were sent when the answer began. */
  taken: number;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Sends a request over a connection of its own, and reads the answer, which may come before everything is sent. */
export async function send(url: string, { method = 'POST', path, headers, body, bearer }: Sent): Promise<Received> {
  const { hostname, port } = new URL(url);
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const type = body === undefined ? {} : JSON_TYPE;
  // Whoever says that it will close the connection may find it closed before the answer was read.
  const agent = new Agent({ keepAlive: true });
  const going = request({ hostname, port, method, path, agent, headers: { ...type, ...authorization, ...headers } });
  const answer = new Promise<IncomingMessage>((resolve, reject) => going.once('response', resolve).on('error', reject));
  const isAnswered = answer.then(
    () => true,
    () => true,
  );
  let taken = 0;
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) going.end(body);
  else {
    for (const piece of body) {
      if (await Promise.race([isAnswered, written(going, piece)])) break;
      taken += piece.length;
    }
    if (!(await Promise.race([isAnswered, Promise.resolve(false)]))) going.end();
  }
  const incoming = await answer;
  const text = await textOf(incoming);
  agent.destroy();
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: parsed(text), taken };
}

/** False when the piece has left for the network. */
function written(going: ReturnType<typeof request>, piece: Uint8Array): Promise<false> {
  return new Promise((resolve) => going.write(piece, () => resolve(false)));
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  incoming.setEncoding('utf8');
  for await (const part of incoming) text += part;
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends bytes that may be no HTTP at all; what came back until the server closed the connection. */
export async function sendBytes(url: string, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  let text = '';
  socket.on('data', (part: string) => {
    text += part;
  });
  // A server that has read enough may reset the connection.
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}
