import { queryOptions } from '@tanstack/react-query';
import * as z from 'zod';
import { ProjectRoleSchema } from '../../../src/schemas/project.js';
import { keys } from './keys.js';
import { get } from './request.js';

const MeSchema = z.object({
  kind: z.enum(['local', 'key', 'token']),
  sub: z.string().nullable(),
  /** The role in each project; null where all may be done in all of them. */
  projects: z.record(z.string(), ProjectRoleSchema).nullable(),
  version: z.string(),
});
export type Me = z.infer<typeof MeSchema>;

export const getMe = (signal?: AbortSignal) => get('/v1/me', MeSchema, { signal });

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => getMe(signal),
  staleTime: Number.POSITIVE_INFINITY,
});
