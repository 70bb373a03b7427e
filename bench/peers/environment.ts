import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const OLDEST = [3, 10] as const;

/** What PyPI's own wheels are installed into, and what the peers' processes are given of the environment. */
export interface PythonEnvironment {
  bin(name: string): string;
  variables: NodeJS.ProcessEnv;
}

const QUIET = { MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', GIT_PYTHON_REFRESH: 'quiet', PYTHONUNBUFFERED: '1' };

/** The last lines that a failed command wrote: what went wrong stands there. */
function complaint(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').slice(-3).join('\n');
}

async function pythonVersion(): Promise<string> {
  const about = 'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2])';
  const { stdout } = await run('python3', ['-c', about]).catch((error) => {
    if (error.code === 'ENOENT') throw new Error(`--peers needs python3 ${OLDEST.join('.')} or newer, and there is none on the PATH.`);
    throw new Error(`--peers needs python3 with its venv and ensurepip modules (Debian, Ubuntu: python3-venv):\n${complaint(error)}`);
  });
  const version = stdout.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== OLDEST[0] || minor < OLDEST[1]) throw new Error(`--peers needs python3 ${OLDEST.join('.')} or newer; this is ${version}.`);
  return version;
}

/** A directory of our own, since programs are run from it: nobody else may have put it there. */
function ownDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const owner = statSync(path).uid;
  if (process.getuid !== undefined && owner !== process.getuid())
    throw new Error(`${path} belongs to another user (${owner}); remove it, or set TMPDIR.`);
}

/** Makes the virtual environment, or brings the one of an earlier run up to the pinned versions, which then asks no registry. */
export async function pythonEnvironment(note: (text: string) => void): Promise<PythonEnvironment> {
  note('peers: the virtual environment; installing it takes a minute');
  const version = await pythonVersion();
  const pins = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 8);
  const directory = join(tmpdir(), `optrail-peers-${process.getuid?.() ?? 0}-py${version}-${pins}`);
  ownDirectory(directory);
  const bin = (name: string) => join(directory, 'bin', name);
  await run('python3', ['-m', 'venv', directory]).catch((error) => {
    throw new Error(`python3 could not make a virtual environment in ${directory}:\n${complaint(error)}`);
  });
  await run(bin('pip'), ['install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS]).catch((error) => {
    throw new Error(`pip could not install ${REQUIREMENTS} (it needs PyPI, or a mirror that pip is set to use):\n${complaint(error)}`);
  });
  return { bin, variables: { ...process.env, ...QUIET } };
}

/** Names and versions of Python and of what was installed, for the report. */
export async function versionsOf(environment: PythonEnvironment, names: readonly string[]): Promise<string> {
  const script = `import importlib.metadata as m, platform, sys
print(", ".join([f"Python {platform.python_version()}", *(f"{n} {m.version(n)}" for n in sys.argv[1:])]))`;
  const { stdout } = await run(environment.bin('python'), ['-c', script, ...names]);
  return stdout.trim();
}
