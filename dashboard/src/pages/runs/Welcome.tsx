import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { CopyButton } from '../../components/CopyButton.js';
import { useToast } from '../../components/Toast.js';

const snippet = (projectId: string) => `import { trackRun } from 'optrail';

await trackRun({ projectId: '${projectId}', runName: 'first try', optimizerType: 'custom' }, async (run) => {
  for (const candidate of candidates) {
    const score = await evaluate(candidate);
    await run.record({ program: { instruction: candidate }, score });
  }
});`;

/** Where there are no runs: how to record one, and what it will look like. */
export function Welcome({ projectId }: { projectId: string | undefined }) {
  const [loaded, setLoaded] = useState<number | null>(null);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const code = snippet(projectId ?? 'my-project');

  const load = async () => {
    setLoaded(0);
    try {
      const { loadDemo } = await import('../../demo/load.js');
      const run = await loadDemo(projectId, setLoaded);
      await cache.invalidateQueries();
      // Whoever has gone on to another page meanwhile stays there.
      if (window.location.pathname === '/') await navigate({ to: '/', search: { project: run.projectId } });
      toast.done('The demo is loaded');
    } catch (error) {
      toast.failed(error);
    } finally {
      setLoaded(null);
    }
  };

  return (
    <div className="mx-auto grid max-w-3xl grid-cols-1 gap-6 px-4 py-10">
      <header>
        <h1 className="font-semibold text-xl">No runs yet</h1>
        <p className="mt-1 text-muted">Record one in your own program, and it appears here as it goes on.</p>
      </header>
      <section className="panel min-w-0">
        <header className="flex items-center justify-between border-line border-b py-1.5 pr-1.5 pl-4">
          <h2 className="font-medium">Record a run</h2>
          <CopyButton label="Copy" text={code} look="ghost" />
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre tabIndex={0} className="overflow-x-auto p-4 font-mono text-xs leading-5">
          {code}
        </pre>
      </section>
      <section className="panel flex flex-wrap items-center justify-between gap-3 p-4">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="font-medium">Or look at a finished one</h2>
          <p className="text-muted">The recorded demo: GEPA improves a prompt that sorts support tickets.</p>
        </div>
        <Button look="primary" icon="play" disabled={loaded !== null} onClick={() => void load()}>
          {loaded === null ? 'Load the demo' : `Loading ${Math.round(loaded * 100)} %`}
        </Button>
      </section>
    </div>
  );
}
