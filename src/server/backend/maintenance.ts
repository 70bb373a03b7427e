import { refreshAnalytics } from '../../store/analytics.js';
import { sweepStaleRuns } from '../../store/runs.js';
import type { Scope } from '../../store/scope.js';

/** Marks silent runs stale, then refreshes the analytics, which count them. For the connection's own role. */
export async function runMaintenance(scope: Scope): Promise<void> {
  await sweepStaleRuns(scope);
  await refreshAnalytics(scope);
}
