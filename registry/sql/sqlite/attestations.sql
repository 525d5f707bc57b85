-- The walls around attestations on SQLite: written once, and only about cancellations. Can be run again.
DROP TRIGGER IF EXISTS attestation_not_changed
;;
CREATE TRIGGER attestation_not_changed BEFORE UPDATE ON registry_attestation
BEGIN SELECT RAISE(ABORT, 'An attestation is written once.'); END
;;
DROP TRIGGER IF EXISTS attestation_not_deleted
;;
CREATE TRIGGER attestation_not_deleted BEFORE DELETE ON registry_attestation
BEGIN SELECT RAISE(ABORT, 'An attestation is written once.'); END
;;
DROP TRIGGER IF EXISTS attestation_not_replaced
;;
-- INSERT OR REPLACE deletes without a delete trigger.
CREATE TRIGGER attestation_not_replaced BEFORE INSERT ON registry_attestation
WHEN EXISTS (SELECT 1 FROM registry_attestation WHERE id = NEW.id OR code = NEW.code)
BEGIN SELECT RAISE(ABORT, 'An attestation is written once; its code is taken.'); END
;;
DROP TRIGGER IF EXISTS attested_not_changed
;;
CREATE TRIGGER attested_not_changed BEFORE UPDATE ON registry_attestedcancellation
BEGIN SELECT RAISE(ABORT, 'An attestation is written once.'); END
;;
DROP TRIGGER IF EXISTS attested_not_deleted
;;
CREATE TRIGGER attested_not_deleted BEFORE DELETE ON registry_attestedcancellation
BEGIN SELECT RAISE(ABORT, 'An attestation is written once.'); END
;;
DROP TRIGGER IF EXISTS attested_is_cancelled
;;
CREATE TRIGGER attested_is_cancelled BEFORE INSERT ON registry_attestedcancellation
BEGIN
    SELECT RAISE(ABORT, 'A cancellation is attested once.')
    WHERE EXISTS (SELECT 1 FROM registry_attestedcancellation WHERE id = NEW.id OR entry_id = NEW.entry_id);
    SELECT RAISE(ABORT, 'Only a cancellation is attested.')
    WHERE NOT EXISTS (SELECT 1 FROM registry_entry WHERE id = NEW.entry_id AND kind = 'cancellation');
END
