-- Small rules that constraints and defaults call. Their bodies are bound when they are created (`return`), so that no
-- search_path redirects them, and the planner can still inline them, as it could not with a search_path of their own.

-- PostgreSQL 15 to 17 have no uuidv7(): 48 bits of milliseconds, then the random bits of a version 4, then the version.
create function optrail.uuid_v7() returns uuid
language sql volatile parallel safe
return encode(
  set_bit(set_bit(
    overlay(
      uuid_send(gen_random_uuid())
      placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
      from 1 for 6),
    52, 1), 53, 1),
  'hex')::uuid;

create function optrail.is_score(p_score double precision) returns boolean
language sql immutable parallel safe
return p_score between -1e100 and 1e100;

create function optrail.are_scores(p_scores jsonb) returns boolean
language sql immutable parallel safe
return jsonb_typeof(p_scores) = 'object' and not exists (
  select from jsonb_each(p_scores) as entry(name, score)
  where case when jsonb_typeof(score) = 'number' then abs(score::numeric) > 1e100 else true end);

create function optrail.are_tags(p_tags text[]) returns boolean
language sql immutable parallel safe
return cardinality(p_tags) <= 100
  and array_position(p_tags, null) is null
  and coalesce((select max(char_length(tag)) <= 200 and min(char_length(tag)) >= 1 from unnest(p_tags) as t(tag)), true);

-- Who calls, from the token that PostgREST, Supabase or Optrail's client put into the transaction; '' in a reused session.
create function optrail.claims() returns jsonb
language sql stable parallel safe
return nullif(current_setting('request.jwt.claims', true), '')::jsonb;
