-- The walls of movements on PostgreSQL: what was proposed stays, the end is an end, and no reservation outlives it.

-- A movement changes once only: from awaiting approval to an end, with who decided, when and why.
CREATE OR REPLACE FUNCTION registry_movement_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided registry_movement := OLD;       -- as it was, but for what a decision says
BEGIN
    decided.state := NEW.state;
    decided.decided_by_id := NEW.decided_by_id;
    decided.decided_at := NEW.decided_at;
    decided.decision := NEW.decision;
    IF OLD.state <> 'awaiting_approval'
       OR NEW.state NOT IN ('completed', 'rejected', 'cancelled', 'terminated')
       OR decided IS DISTINCT FROM NEW THEN
        RAISE EXCEPTION 'A movement is proposed once and decided once; propose another.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM registry_block b WHERE b.reserved_for = NEW.id AND b.reserved_for > 0
               AND b.spent_by_id IS NULL) THEN
        RAISE EXCEPTION 'A movement that has ended reserves no units.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state = 'completed' AND NEW.units IS DISTINCT FROM (
        SELECT sum(e.units) FROM registry_entry e
        WHERE e.movement_id = NEW.id AND e.kind NOT IN ('reservation', 'release')
          AND NOT (e.kind = 'adaptation_share' AND NEW.kind = 'reissue')) THEN
        RAISE EXCEPTION 'A completed movement has moved what it names.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER registry_movement_kept BEFORE UPDATE ON registry_movement
    FOR EACH ROW EXECUTE FUNCTION registry_movement_kept();
CREATE OR REPLACE TRIGGER registry_movement_begins BEFORE INSERT ON registry_movement
    FOR EACH ROW WHEN (NEW.state NOT IN ('awaiting_approval', 'terminated'))
    EXECUTE FUNCTION registry_refuse('A movement begins with its proposal.');
CREATE OR REPLACE TRIGGER registry_movement_not_deleted BEFORE DELETE ON registry_movement
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('A movement is never deleted.');
CREATE OR REPLACE TRIGGER registry_movement_not_emptied BEFORE TRUNCATE ON registry_movement
    EXECUTE FUNCTION registry_refuse('The movements cannot be emptied.');

CREATE OR REPLACE TRIGGER registry_movementline_written_once BEFORE UPDATE OR DELETE ON registry_movementline
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('What was proposed to move is written once.');
CREATE OR REPLACE TRIGGER registry_movementline_not_emptied BEFORE TRUNCATE ON registry_movementline
    EXECUTE FUNCTION registry_refuse('What was proposed to move is written once.');
CREATE OR REPLACE TRIGGER registry_movementcheck_written_once BEFORE UPDATE OR DELETE ON registry_movementcheck
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('What a check said is written once.');
CREATE OR REPLACE TRIGGER registry_movementcheck_not_emptied BEFORE TRUNCATE ON registry_movementcheck
    EXECUTE FUNCTION registry_refuse('What a check said is written once.');
CREATE OR REPLACE TRIGGER registry_movementrecord_written_once BEFORE UPDATE OR DELETE ON registry_movementrecord
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('The record of a movement is written once.');
CREATE OR REPLACE TRIGGER registry_movementrecord_not_emptied BEFORE TRUNCATE ON registry_movementrecord
    EXECUTE FUNCTION registry_refuse('The record of a movement is written once.');

-- Units are reserved for a movement that awaits its approval, and for no other.
CREATE OR REPLACE FUNCTION registry_block_reserved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM registry_movement m WHERE m.id = NEW.reserved_for AND m.state = 'awaiting_approval') THEN
        RAISE EXCEPTION 'Units are reserved for a movement that awaits approval only.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER registry_block_reserved BEFORE INSERT ON registry_block
    FOR EACH ROW WHEN (NEW.reserved_for <> 0) EXECUTE FUNCTION registry_block_reserved();

-- Lines, checks and records are of a movement that is there. Movements never go and keep their numbers, so it is seen once
-- for a statement, where a foreign key (taken down in walls.sql) would see to it, and lock the movement, for each row.
CREATE OR REPLACE FUNCTION registry_of_a_movement() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT movement_id FROM written WHERE movement_id IS NOT NULL) AS w
               WHERE (SELECT m.id FROM registry_movement m WHERE m.id = w.movement_id) IS NULL) THEN
        RAISE EXCEPTION 'This is of a movement that is not there.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER registry_movementline_of_a_movement AFTER INSERT ON registry_movementline
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION registry_of_a_movement();
CREATE OR REPLACE TRIGGER registry_movementcheck_of_a_movement AFTER INSERT ON registry_movementcheck
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION registry_of_a_movement();
CREATE OR REPLACE TRIGGER registry_movementrecord_of_a_movement AFTER INSERT ON registry_movementrecord
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION registry_of_a_movement();
