-- Samples. The widest columns come first, so that no padding is stored between them.

create table public.optimization_samples (
  run_id uuid not null,
  score double precision,
  latency_ms double precision,
  created_at timestamptz not null default now(),
  iteration integer not null,
  sample_index integer not null,
  prompt_tokens integer,
  completion_tokens integer,
  declared_total_tokens integer,
  total_tokens integer generated always as
    (coalesce(declared_total_tokens, prompt_tokens + completion_tokens, prompt_tokens, completion_tokens)) stored,
  success boolean,
  failed boolean not null generated always as (coalesce(not success, error_message is not null)) stored,
  project_id text not null,
  example_hash bytea,
  predicted_output jsonb,
  scores jsonb,
  cost_usd numeric(20, 10),
  error_message text,
  feedback text,
  example_id text,
  split text,
  metadata jsonb,
  constraint optimization_samples_pkey primary key (run_id, iteration, sample_index, project_id),
  constraint optimization_samples_iteration_fkey foreign key (run_id, iteration, project_id)
    references public.optimization_iterations (run_id, iteration, project_id) on delete cascade,
  constraint optimization_samples_example_fkey foreign key (project_id, example_hash)
    references public.optimization_examples (project_id, example_hash),
  constraint optimization_samples_index_range check (sample_index >= 0),
  constraint optimization_samples_score_range check (optrail.is_score(score)),
  constraint optimization_samples_scores_form check (scores is null or optrail.are_scores(scores)),
  constraint optimization_samples_latency_range check (latency_ms between 0 and 1e12),
  constraint optimization_samples_tokens_range
    check (prompt_tokens >= 0 and completion_tokens >= 0 and declared_total_tokens >= 0),
  constraint optimization_samples_cost_range check (cost_usd between 0 and 1e9),
  constraint optimization_samples_example_id_length check (char_length(example_id) between 1 and 200),
  constraint optimization_samples_split_length check (char_length(split) between 1 and 200),
  constraint optimization_samples_metadata_object check (jsonb_typeof(metadata) = 'object')
);
create index idx_optimization_samples_example on public.optimization_samples (project_id, example_hash)
  where example_hash is not null;

comment on table public.optimization_samples is 'One example evaluated in one iteration. Its key is (run, iteration, sample_index).';
comment on column public.optimization_samples.run_id is 'The run.';
comment on column public.optimization_samples.score is 'What the metric gave for this example.';
comment on column public.optimization_samples.latency_ms is 'Milliseconds.';
comment on column public.optimization_samples.created_at is 'Database clock.';
comment on column public.optimization_samples.iteration is 'Number of the iteration.';
comment on column public.optimization_samples.sample_index is 'Position in the iteration, from 0.';
comment on column public.optimization_samples.prompt_tokens is 'Tokens sent.';
comment on column public.optimization_samples.completion_tokens is 'Tokens received.';
comment on column public.optimization_samples.declared_total_tokens is 'Tokens in all, where the caller says so.';
comment on column public.optimization_samples.total_tokens is 'Declared, or the sum of what was sent and received.';
comment on column public.optimization_samples.success is 'What the caller says; null where it says nothing.';
comment on column public.optimization_samples.failed is 'success is false, or it is null and there is an error.';
comment on column public.optimization_samples.project_id is 'The project, that of its run.';
comment on column public.optimization_samples.example_hash is 'The example, in optimization_examples.';
comment on column public.optimization_samples.predicted_output is 'What the program answered.';
comment on column public.optimization_samples.scores is 'Further objectives by name.';
comment on column public.optimization_samples.cost_usd is 'US dollars.';
comment on column public.optimization_samples.error_message is 'Why it failed.';
comment on column public.optimization_samples.feedback is 'What the metric said beside its number.';
comment on column public.optimization_samples.example_id is 'The data set''s own id of the example.';
comment on column public.optimization_samples.split is 'Part of the data set: train, validation, test.';
comment on column public.optimization_samples.metadata is 'Whatever else the caller wants kept.';
