import type { Route } from '../route.js';
import { analyticsRoutes } from './analytics.js';
import { checkpointRoutes } from './checkpoints.js';
import { eventRoutes } from './events.js';
import { healthRoutes } from './health.js';
import { iterationRoutes } from './iterations.js';
import { keyRoutes } from './keys.js';
import { meRoutes } from './me.js';
import { memberRoutes } from './members.js';
import { openApiRoutes } from './openapi.js';
import { projectRoutes } from './projects.js';
import { runRoutes } from './runs.js';
import { sampleRoutes } from './samples.js';
import { trustRoutes } from './trust.js';
import { viewRoutes } from './views.js';

/** Every route there is: the server, its documentation and the tenant matrix are made from this one table. */
export const ROUTES: readonly Route[] = [
  ...meRoutes,
  ...projectRoutes,
  ...memberRoutes,
  ...keyRoutes,
  ...runRoutes,
  ...iterationRoutes,
  ...sampleRoutes,
  ...checkpointRoutes,
  ...viewRoutes,
  ...trustRoutes,
  ...analyticsRoutes,
  ...openApiRoutes,
  ...healthRoutes,
  ...eventRoutes,
];
