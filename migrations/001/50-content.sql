-- Content, stored once a project under its hash: SHA-256 of a program's text as recorded, or of an example's RFC 8785 text.

create table public.optimization_programs (
  project_id text not null,
  program_hash bytea not null,
  program jsonb not null,
  created_at timestamptz not null default now(),
  program_text text,
  constraint optimization_programs_pkey primary key (project_id, program_hash),
  constraint optimization_programs_project_fkey foreign key (project_id)
    references public.optimization_projects (id) on delete cascade,
  constraint optimization_programs_hash_length check (octet_length(program_hash) = 32),
  constraint optimization_programs_text_matches check (
    program_text is null
    or (program = program_text::jsonb and program_hash = sha256(convert_to(program_text, 'UTF8'))))
);
create index idx_optimization_programs_newest on public.optimization_programs (project_id, created_at desc, program_hash);
comment on table public.optimization_programs is 'Candidates: prompts, demos, an optimizer''s own state.';
comment on column public.optimization_programs.project_id is 'The project.';
comment on column public.optimization_programs.program_hash is
  'SHA-256 of program_text in UTF-8; if that is null, of the program''s RFC 8785 text.';
comment on column public.optimization_programs.program is 'The program as JSON.';
comment on column public.optimization_programs.program_text is
  'The JSON text as recorded, byte for byte; null in rows recorded before migration 003, which kept the value only.';
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
