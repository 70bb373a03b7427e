-- Content, stored once a project under its hash. A hash is SHA-256 of the content's RFC 8785 text.

create table public.optimization_programs (
  project_id text not null,
  program_hash bytea not null,
  program jsonb not null,
  created_at timestamptz not null default now(),
  constraint optimization_programs_pkey primary key (project_id, program_hash),
  constraint optimization_programs_project_fkey foreign key (project_id)
    references public.optimization_projects (id) on delete cascade,
  constraint optimization_programs_hash_length check (octet_length(program_hash) = 32)
);
create index idx_optimization_programs_newest on public.optimization_programs (project_id, created_at desc, program_hash);
comment on table public.optimization_programs is 'Candidates: prompts, demos, an optimizer''s own state.';
comment on column public.optimization_programs.project_id is 'The project.';
comment on column public.optimization_programs.program_hash is 'SHA-256 of the program''s RFC 8785 text.';
comment on column public.optimization_programs.program is 'The program as JSON.';
comment on column public.optimization_programs.created_at is 'Database clock.';

create table public.optimization_examples (
  project_id text not null,
  example_hash bytea not null,
  input jsonb,
  expected_output jsonb,
  created_at timestamptz not null default now(),
  constraint optimization_examples_pkey primary key (project_id, example_hash),
  constraint optimization_examples_project_fkey foreign key (project_id)
    references public.optimization_projects (id) on delete cascade,
  constraint optimization_examples_hash_length check (octet_length(example_hash) = 32)
);
comment on table public.optimization_examples is 'Examples that samples were evaluated on.';
comment on column public.optimization_examples.project_id is 'The project.';
comment on column public.optimization_examples.example_hash is 'SHA-256 of the RFC 8785 text of {"expectedOutput", "input"}, an absent key left out.';
comment on column public.optimization_examples.input is 'What the program was given.';
comment on column public.optimization_examples.expected_output is 'What a right answer is, where there is one.';
comment on column public.optimization_examples.created_at is 'Database clock.';
