-- Whether the holder of an account takes part, by a letter in force, in the project of each line: as
-- cdm.units.is_participant answers it for one, null where nobody knows the project. Asked by what a movement reads
-- (registry/sql/postgresql/one_act.sql), which gives the account and the lines as it has read them.
CREATE OR REPLACE FUNCTION cdm_participates(account jsonb, lines jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    answers jsonb := '[]';
    line jsonb;
    project bigint;
BEGIN
    FOR line IN SELECT jsonb_array_elements(lines) LOOP
        SELECT p.id INTO project FROM cdm_project p
        WHERE p.host_party = line->>'party' AND p.reference_number = (line->>'project_number')::int LIMIT 1;
        answers := answers || to_jsonb(ARRAY[CASE WHEN project IS NOT NULL THEN EXISTS (
            SELECT FROM cdm_participation t
            JOIN cdm_organisation o ON o.id = t.organisation_id
            JOIN cdm_letterofapproval l ON l.project_id = t.project_id AND l.party = t.party AND l.state = 'issued'
            JOIN cdm_letterofapproval_authorised a ON a.letterofapproval_id = l.id AND a.organisation_id = o.id
            WHERE t.project_id = project
              AND CASE WHEN account->>'type' = 'other_registry' AND account->>'holder_reference' = ''
                       THEN o.name = account->>'holder'
                       ELSE 'organisation:' || o.id = account->>'holder_reference' END) END]);
    END LOOP;
    RETURN answers;
END $$;
