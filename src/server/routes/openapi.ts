import * as z from 'zod';
import { ENDPOINTS } from '../../client/functions/endpoints.js';
import { docsPage } from '../docs/page.js';
import { ok } from '../http/reply.js';
import { route } from '../route.js';

const DocumentSchema = z.looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) });

export const openApiRoutes = [
  route({
    ...ENDPOINTS.openApi,
    operation: 'openApi',
    tag: 'Server',
    summary: 'This document',
    answers: {
      200: {
        description: 'OpenAPI 3.1.',
        schema: DocumentSchema,
        example: { openapi: '3.1.0', info: { title: 'Optrail', version: '0.1.0' }, paths: {} },
      },
    },
    handle: async ({ server }) => ok(server.document()),
  }),
  route({
    ...ENDPOINTS.docs,
    operation: 'docs',
    tag: 'Server',
    summary: 'This document as a page',
    answers: { 200: { description: 'A page that loads nothing from elsewhere.', type: 'text/html', example: '<!doctype html>…' } },
    handle: async ({ server }) =>
      new Response(docsPage(server.document()), {
        headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
      }),
  }),
];
