-- Projects and their members

create table public.optimization_projects (
  id text constraint optimization_projects_pkey primary key,
  name text not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint optimization_projects_id_length check (char_length(id) between 1 and 200),
  constraint optimization_projects_name_length check (char_length(name) between 1 and 200),
  constraint optimization_projects_metadata_object check (jsonb_typeof(metadata) = 'object')
);
comment on table public.optimization_projects is 'The tenants. A trusted caller that records a run in an unknown project creates it.';
comment on column public.optimization_projects.id is 'The name callers use, e.g. proj_123.';
comment on column public.optimization_projects.name is 'For people; the id where nobody gave one.';
comment on column public.optimization_projects.metadata is 'Whatever the owner wants kept with the project.';
comment on column public.optimization_projects.created_at is 'Database clock.';
comment on column public.optimization_projects.updated_at is 'Database clock, at the last change.';

create table public.optimization_project_members (
  project_id text not null,
  user_id text not null,
  role text not null default 'viewer',
  created_at timestamptz not null default now(),
  constraint optimization_project_members_pkey primary key (project_id, user_id),
  constraint optimization_project_members_project_fkey foreign key (project_id)
    references public.optimization_projects (id) on delete cascade,
  constraint optimization_project_members_user_length check (char_length(user_id) between 1 and 200),
  constraint optimization_project_members_role_known check (role in ('viewer', 'editor', 'owner'))
);
create index idx_optimization_project_members_user_id on public.optimization_project_members (user_id, project_id, role);
comment on table public.optimization_project_members is 'Who belongs to a project, and as what.';
comment on column public.optimization_project_members.project_id is 'The project.';
comment on column public.optimization_project_members.user_id is 'The sub of the user''s token (auth.uid() on Supabase).';
comment on column public.optimization_project_members.role is 'viewer reads; editor records too; owner manages members too.';
comment on column public.optimization_project_members.created_at is 'Database clock.';
