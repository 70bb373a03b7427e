/** The cache's keys, from the general to the special, so that a prefix invalidates all below it. */
export const keys = {
  me: ['me'],
  projects: ['projects'],
  project: (projectId: string) => ['project', projectId],
  members: (projectId: string) => ['project', projectId, 'members'],
  apiKeys: (projectId: string) => ['project', projectId, 'keys'],
  leaderboard: (projectId: string, ...filters: readonly unknown[]) => ['project', projectId, 'leaderboard', ...filters],
  analytics: (projectId: string) => ['project', projectId, 'analytics'],
  search: (projectId: string, text: string) => ['project', projectId, 'search', text],
  runs: (projectId: string, ...filters: readonly unknown[]) => ['runs', projectId, ...filters],
  run: (runId: string) => ['run', runId],
  runRow: (runId: string) => ['run', runId, 'row'],
  best: (runId: string) => ['run', runId, 'best'],
  iterations: (runId: string) => ['run', runId, 'iterations'],
  samples: (runId: string, ...filters: readonly unknown[]) => ['run', runId, 'samples', ...filters],
  matrix: (runId: string) => ['run', runId, 'matrix'],
  curve: (runId: string) => ['run', runId, 'curve'],
} as const;
