-- A heartbeat names the steps that its worker is really working on. One for all that the worker holds kept the lease of
-- a step alive that the worker had lost sight of (its commit broke off with the connection), so that nobody took it over.

-- An owner of the tables who is no superuser has to be a member of a function's owner to drop it or give it away.
DO $$
DECLARE
  is_superuser constant boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT is_superuser THEN
    GRANT "pressroom_system" TO CURRENT_USER;
  END IF;
  GRANT CREATE ON SCHEMA "public" TO "pressroom_system";
END
$$;

DROP FUNCTION "system_heartbeat"(text, double precision);

-- Passes over steps that a commit holds right now: waiting for them, in whatever order they come, ends in deadlocks.
CREATE FUNCTION "system_heartbeat"("worker" text, "step_ids" text[], "lease_seconds" double precision)
  RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.steps AS s
    SET lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
    FROM (
      SELECT id FROM public.steps
      WHERE id = ANY (step_ids) AND lease_owner = worker AND status = 'running' FOR UPDATE SKIP LOCKED
    ) AS mine
    WHERE s.id = mine.id
  $$;

REVOKE ALL ON FUNCTION "system_heartbeat"(text, text[], double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "system_heartbeat"(text, text[], double precision) TO "pressroom_app";
ALTER FUNCTION "system_heartbeat"(text, text[], double precision) OWNER TO "pressroom_system";

DO $$
BEGIN
  REVOKE CREATE ON SCHEMA "public" FROM "pressroom_system";
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    REVOKE "pressroom_system" FROM CURRENT_USER;
  END IF;
END
$$;
