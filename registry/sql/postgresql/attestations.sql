-- The walls around attestations on PostgreSQL: written once, and only about cancellations. Can be run again.
-- `registry_refuse` is made by walls.sql, which runs first. Statements are parted by a line of two semicolons.
CREATE OR REPLACE TRIGGER attestation_written_once BEFORE UPDATE OR DELETE ON registry_attestation
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('An attestation is written once.');
CREATE OR REPLACE TRIGGER attestation_not_emptied BEFORE TRUNCATE ON registry_attestation
    EXECUTE FUNCTION registry_refuse('The attestations cannot be emptied.');
CREATE OR REPLACE TRIGGER attested_written_once BEFORE UPDATE OR DELETE ON registry_attestedcancellation
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('An attestation is written once.');
CREATE OR REPLACE TRIGGER attested_not_emptied BEFORE TRUNCATE ON registry_attestedcancellation
    EXECUTE FUNCTION registry_refuse('The attestations cannot be emptied.')
;;
CREATE OR REPLACE FUNCTION registry_attested_is_cancelled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM registry_entry WHERE id = NEW.entry_id AND kind = 'cancellation') THEN
        RAISE EXCEPTION 'Only a cancellation is attested.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
;;
CREATE OR REPLACE TRIGGER attested_is_cancelled BEFORE INSERT ON registry_attestedcancellation
    FOR EACH ROW EXECUTE FUNCTION registry_attested_is_cancelled();
