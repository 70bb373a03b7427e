import * as z from 'zod';
import { JsonObjectSchema, jsonObject } from './json.js';
import { NameSchema, ProjectIdSchema } from './primitives.js';

/** Rights of a member: read; record; manage members. Each role includes the ones before it. */
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

export const CreateProjectSchema = z.strictObject({
  /** Name for callers, e.g. proj_123. */
  id: ProjectIdSchema,
  /** For people; the id by default. */
  name: NameSchema.optional(),
});
export type CreateProjectInput = z.input<typeof CreateProjectSchema>;
export type CreateProject = z.output<typeof CreateProjectSchema>;

export const UpdateProjectSchema = z.strictObject({ name: NameSchema.optional(), metadata: JsonObjectSchema.optional() });
export type UpdateProjectInput = z.input<typeof UpdateProjectSchema>;
export type UpdateProject = z.output<typeof UpdateProjectSchema>;

/** A member of a project and the member's role. */
export const ProjectMemberSchema = z.object({
  projectId: z.string(),
  /** The `sub` of the user's token. */
  userId: z.string(),
  role: ProjectRoleSchema,
  createdAt: z.string(),
});
export type ProjectMember = z.infer<typeof ProjectMemberSchema>;

const KnownClaims = z.looseObject({
  sub: z.string().optional(),
  optrail_projects: z.record(z.string(), ProjectRoleSchema).optional(),
});

/** The claims of a token. */
export interface Claims {
  /** The user: a member of projects. */
  sub?: string;
  /** The projects of an API key and its role in each. */
  optrail_projects?: Readonly<Record<string, ProjectRole>>;
  /** Claims that Optrail does not know are passed on. */
  [claim: string]: unknown;
}

/** The claims of a token, as Supabase puts them into `request.jwt.claims`. */
export const ClaimsSchema = jsonObject<Claims>().superRefine((claims, context) => {
  for (const issue of KnownClaims.safeParse(claims).error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
  }
});
