import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server on loopback, and sees, delays or cuts what passes. */
export interface TcpProxy {
  /** The server's URL by way of the proxy. */
  url: string;
  /**
   * Network round trips since the last `reset`: how often the client spoke after the server had spoken. Logins count too.
   */
  roundTrips(): number;
  reset(): void;
  /** Milliseconds that each piece of data waits, in either direction. */
  delay: number;
  /** Milliseconds that PostgreSQL's "ready for query" waits behind what it ends. */
  readyDelay: number;
  /** Breaks every connection. */
  cut(): void;
  /** While true, what comes is swallowed. */
  blackhole: boolean;
  close(): Promise<void>;
}

const READY_LENGTH = 6;

function endsInReady(data: Buffer): boolean {
  return data.subarray(-READY_LENGTH, -1).equals(Buffer.from([0x5a, 0, 0, 0, 5]));
}

export async function startProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let trips = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let serverSpoke = true;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (data) => {
      if (serverSpoke) trips += 1;
      serverSpoke = false;
      pass(data, upstream);
    });
    upstream.on('data', (data) => {
      serverSpoke = true;
      const ready = proxy.readyDelay > 0 && endsInReady(data) ? READY_LENGTH : 0;
      pass(data.subarray(0, data.length - ready), client);
      if (ready > 0) setTimeout(() => client.write(data.subarray(-ready)), proxy.readyDelay);
    });
  });

  function pass(data: Buffer, to: Socket): void {
    if (proxy.blackhole) return;
    if (proxy.delay === 0) to.write(data);
    else setTimeout(() => to.write(data), proxy.delay);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(target);
  url.port = String(address.port);

  const proxy: TcpProxy = {
    url: url.href,
    roundTrips: () => trips,
    reset() {
      trips = 0;
    },
    delay: 0,
    readyDelay: 0,
    blackhole: false,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      proxy.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
