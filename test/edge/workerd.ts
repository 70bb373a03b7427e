import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';

const require = createRequire(import.meta.url);

/** Nothing of Node: neither its modules nor its compatibility flags. It may call this machine, as a server of one's own is. */
const CONFIGURATION = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
      globalOutbound = "network",
    )),
    (name = "network", network = (allow = ["local", "private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);`;

/** A worker in a real workerd. */
export interface Workerd {
  url: string;
  close(): Promise<void>;
}

/** Bundles a worker as a deployment does, and serves it. A module of Node that got into it would keep it from starting. */
export async function startWorkerd(source: string, directory: string): Promise<Workerd> {
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['workerd', 'import', 'default'] },
    build: {
      lib: { entry: source, formats: ['es'], fileName: () => 'worker.js' },
      outDir: directory,
      emptyOutDir: false,
      target: 'es2023',
    },
  });
  writeFileSync(join(directory, 'config.capnp'), CONFIGURATION);
  const child = spawn(require.resolve('workerd/bin/workerd'), ['serve', 'config.capnp', '--control-fd=1'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as { event: string; port?: number };
    if (event.event !== 'listen') continue;
    return {
      url: `http://127.0.0.1:${event.port}`,
      async close() {
        child.kill();
        await once(child, 'exit');
      },
    };
  }
  throw new Error(`workerd did not start: ${stderr}`);
}
