import { createRootRoute, createRoute, createRouter, lazyRouteComponent, retainSearchParams } from '@tanstack/react-router';
import * as z from 'zod';
import { ErrorState, Skeleton } from '../components/States.js';
import { CompareSearch } from '../pages/compare/search.js';
import { LeaderboardSearch } from '../pages/leaderboard/search.js';
import { NotFoundPage } from '../pages/other/NotFoundPage.js';
import { RunSearch } from '../pages/run/search.js';
import { RunsSearch } from '../pages/runs/search.js';
import { text } from '../url/fields.js';
import { parseSearch, stringifySearch } from '../url/search.js';
import { Layout } from './Layout.js';

const RootSearch = z.object({ project: text });

/** Search fields by their schema. A function, since it is the output that links must be typed by. */
const by =
  <T,>(schema: z.ZodType<T>) =>
  (search: Record<string, unknown>): T =>
    schema.parse(search);

const root = createRootRoute({
  component: Layout,
  notFoundComponent: () => <NotFoundPage />,
  validateSearch: by(RootSearch),
  // Whoever goes to another page stays in their project.
  search: { middlewares: [retainSearchParams<z.infer<typeof RootSearch>>(['project'])] },
});

// Pages say what they return: left to be inferred, their types would go round in a circle with the routes'.
const runs = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: by(RunsSearch),
  component: lazyRouteComponent(() => import('../pages/runs/RunsPage.js'), 'RunsPage'),
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: by(RunSearch),
  component: lazyRouteComponent(() => import('../pages/run/RunPage.js'), 'RunPage'),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: by(CompareSearch),
  component: lazyRouteComponent(() => import('../pages/compare/ComparePage.js'), 'ComparePage'),
});

const leaderboard = createRoute({
  getParentRoute: () => root,
  path: '/leaderboard',
  validateSearch: by(LeaderboardSearch),
  component: lazyRouteComponent(() => import('../pages/leaderboard/LeaderboardPage.js'), 'LeaderboardPage'),
});

const analytics = createRoute({
  getParentRoute: () => root,
  path: '/analytics',
  component: lazyRouteComponent(() => import('../pages/analytics/AnalyticsPage.js'), 'AnalyticsPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings/SettingsPage.js'), 'SettingsPage'),
});

const routeTree = root.addChildren([runs, run, compare, leaderboard, analytics, settings]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Skeleton rows={10} />,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
