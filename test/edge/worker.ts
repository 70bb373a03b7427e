import { createClient, isOptrailError, trackAx, trackRun } from '../../src/edge.js';

/** What a worker on the edge does with the trail, told by the path: it records, reads, and meets a server that is not there. */
const DEEDS: Record<string, (url: string) => Promise<unknown>> = {
  async '/record'(url) {
    const client = createClient({ url });
    const id = await trackRun({ client, projectId: 'edge', optimizerType: 'custom', strict: true }, async (run) => {
      await run.record({ score: 0.25, isBaseline: true, program: 'Answer.' });
      await run.evaluate({
        program: 'Think, then answer.',
        data: [{ input: 'a' }, { input: 'b' }],
        task: async (input) => `${input}!`,
        score: ({ output }) => (output === 'a!' ? 1 : 0.5),
      });
      return run.id;
    });
    const samples = await client.getOptimizationSamples(id);
    return { summary: await client.getOptimizationRunSummary(id), samples: samples.length };
  },

  async '/away'() {
    const client = createClient({ url: 'http://127.0.0.1:1' });
    const warnings: string[] = [];
    const options = {
      client,
      projectId: 'edge',
      optimizerType: 'custom',
      flushTimeoutMs: 300,
      onWarning: (text: string) => warnings.push(text),
    };
    const report = await trackRun({ ...options, journal: true }, async (run) => {
      await run.record({ score: 1 });
      return run.flush({ timeoutMs: 100 });
    });
    const read = await client.listProjects().catch((error: unknown) => isOptrailError(error) && error.code);
    return { report, warnings, read };
  },

  async '/no-client'() {
    return trackRun({ projectId: 'edge', optimizerType: 'custom', strict: true } as never, () => 'called').catch(
      (error) => error.cause.code,
    );
  },

  async '/ax'(url) {
    try {
      trackAx({} as never, { client: createClient({ url }), projectId: 'edge' });
    } catch (error) {
      return (error as { code: string }).code;
    }
  },
};

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    return Response.json((await DEEDS[pathname]?.(searchParams.get('server') ?? '')) ?? null);
  },
};
