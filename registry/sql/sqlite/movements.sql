-- The walls of movements on SQLite: what was proposed stays, the end is an end, and no reservation outlives it.

CREATE TRIGGER registry_movement_kept BEFORE UPDATE ON registry_movement
BEGIN
    SELECT RAISE(ABORT, 'A movement is proposed once and decided once; propose another.')
    WHERE OLD.state <> 'awaiting_approval' OR NEW.state NOT IN ('completed', 'rejected', 'cancelled', 'terminated')
       OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.source_id IS NOT OLD.source_id
       OR NEW.target_id IS NOT OLD.target_id OR NEW.units <> OLD.units OR NEW."key" <> OLD."key"
       OR NEW.content <> OLD.content OR NEW.proposed_by_id <> OLD.proposed_by_id
       OR NEW.proposed_as <> OLD.proposed_as OR NEW.proposed_at <> OLD.proposed_at OR NEW.reason <> OLD.reason
       OR NEW.reserved_until IS NOT OLD.reserved_until OR NEW.beneficiary <> OLD.beneficiary
       OR NEW.purpose <> OLD.purpose OR NEW.basis <> OLD.basis OR NEW.expires_on IS NOT OLD.expires_on
       OR NEW.project_number IS NOT OLD.project_number OR NEW.track IS NOT OLD.track
       OR NEW.corrects_id IS NOT OLD.corrects_id OR NEW.share_units <> OLD.share_units
       OR NEW.share_rule <> OLD.share_rule;
    SELECT RAISE(ABORT, 'A movement that has ended reserves no units.')
    WHERE EXISTS (SELECT 1 FROM registry_block b WHERE b.reserved_for = NEW.id AND b.reserved_for > 0
                  AND b.spent_by_id IS NULL);
    SELECT RAISE(ABORT, 'A completed movement has moved what it names.')
    WHERE NEW.state = 'completed' AND NEW.units IS NOT (
        SELECT sum(e.units) FROM registry_entry e
        WHERE e.movement_id = NEW.id AND e.kind NOT IN ('reservation', 'release')
          AND NOT (e.kind = 'adaptation_share' AND NEW.kind = 'reissue'));
END
;;
CREATE TRIGGER registry_movement_begins BEFORE INSERT ON registry_movement
WHEN NEW.state NOT IN ('awaiting_approval', 'terminated')
     OR EXISTS (SELECT 1 FROM registry_movement WHERE id = NEW.id OR "key" = NEW."key")
BEGIN SELECT RAISE(ABORT, 'A movement begins with its proposal.'); END
;;
CREATE TRIGGER registry_movement_not_deleted BEFORE DELETE ON registry_movement
BEGIN SELECT RAISE(ABORT, 'A movement is never deleted.'); END
;;
CREATE TRIGGER registry_movementline_not_changed BEFORE UPDATE ON registry_movementline
BEGIN SELECT RAISE(ABORT, 'What was proposed to move is written once.'); END
;;
CREATE TRIGGER registry_movementline_not_deleted BEFORE DELETE ON registry_movementline
BEGIN SELECT RAISE(ABORT, 'What was proposed to move is written once.'); END
;;
CREATE TRIGGER registry_movementline_not_replaced BEFORE INSERT ON registry_movementline
WHEN EXISTS (SELECT 1 FROM registry_movementline WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'What was proposed to move is written once.'); END
;;
CREATE TRIGGER registry_movementcheck_not_changed BEFORE UPDATE ON registry_movementcheck
BEGIN SELECT RAISE(ABORT, 'What a check said is written once.'); END
;;
CREATE TRIGGER registry_movementcheck_not_deleted BEFORE DELETE ON registry_movementcheck
BEGIN SELECT RAISE(ABORT, 'What a check said is written once.'); END
;;
CREATE TRIGGER registry_movementcheck_not_replaced BEFORE INSERT ON registry_movementcheck
WHEN EXISTS (SELECT 1 FROM registry_movementcheck WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'What a check said is written once.'); END
;;
CREATE TRIGGER registry_movementrecord_not_changed BEFORE UPDATE ON registry_movementrecord
BEGIN SELECT RAISE(ABORT, 'The record of a movement is written once.'); END
;;
CREATE TRIGGER registry_movementrecord_not_deleted BEFORE DELETE ON registry_movementrecord
BEGIN SELECT RAISE(ABORT, 'The record of a movement is written once.'); END
;;
CREATE TRIGGER registry_movementrecord_not_replaced BEFORE INSERT ON registry_movementrecord
WHEN EXISTS (SELECT 1 FROM registry_movementrecord WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'The record of a movement is written once.'); END
;;
CREATE TRIGGER registry_block_reserved BEFORE INSERT ON registry_block
WHEN NEW.reserved_for <> 0 AND NOT EXISTS (
    SELECT 1 FROM registry_movement m WHERE m.id = NEW.reserved_for AND m.state = 'awaiting_approval')
BEGIN SELECT RAISE(ABORT, 'Units are reserved for a movement that awaits approval only.'); END
