import { z } from 'zod';

/** What a member may do: look; record; manage members too. Each role can do what the ones before it can. */
export const ProjectRoleSchema = z.enum(['viewer', 'editor', 'owner']);
export type ProjectRole = z.infer<typeof ProjectRoleSchema>;

export const OptimizationProjectSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  /** How many runs the project holds; only in lists. */
  runs: z.number().optional(),
});
export type OptimizationProject = z.infer<typeof OptimizationProjectSchema>;

/** The claims of a token, as Supabase puts them into `request.jwt.claims`. Keys that Optrail does not know are passed on. */
export const ClaimsSchema = z.looseObject({
  sub: z.string().optional(),
  /** The projects of an API key and its role in each. */
  optrail_projects: z.record(z.string(), ProjectRoleSchema).optional(),
});
export type Claims = z.input<typeof ClaimsSchema>;
