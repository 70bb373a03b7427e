import { aTopRun, someAnalytics } from '../openapi/examples.js';
import { functionRoute } from './function-route.js';
import { exampleList } from './shapes.js';

export const analyticsRoutes = [
  functionRoute('getTopRunsByScore', {
    tag: 'Analytics',
    summary: 'Completed runs of a project, the best first',
    description: 'Scores of different metrics or evaluation sets are not comparable: `metric` and `evalSetHash` narrow the ranking.',
    answer: { description: 'By `finalScore / scoreMax`.', example: exampleList(aTopRun) },
  }),
  functionRoute('getOptimizationAnalytics', {
    tag: 'Analytics',
    summary: 'Figures of a project as of the last refresh',
    answer: { description: 'A row for each optimizer, metric and status.', example: exampleList(someAnalytics) },
  }),
  functionRoute('refreshOptimizationAnalytics', {
    tag: 'Analytics',
    summary: 'Bring the analytics up to date',
    description: 'For the user of this machine: a server does it by itself every 30 seconds.',
    answer: { description: 'They are up to date.' },
    refusals: ['forbidden'],
  }),
];
