-- The walls of the book on SQLite. Run after every migrate; statements are parted by a line of two semicolons.
-- SQLite cannot look at commit, so an entry is looked at when the next one is written: on this database an entry
-- is written first, then spends, then bears, and is complete before another begins. `verify_book` sees the last.
-- INSERT OR REPLACE deletes without a delete trigger, so every table refuses a number that is taken.

CREATE TRIGGER registry_entry_not_changed BEFORE UPDATE ON registry_entry
BEGIN SELECT RAISE(ABORT, 'An entry of the book is written once; correct it with a new entry.'); END
;;
CREATE TRIGGER registry_entry_not_deleted BEFORE DELETE ON registry_entry
BEGIN SELECT RAISE(ABORT, 'An entry of the book is written once; correct it with a new entry.'); END
;;
CREATE TRIGGER registry_entry_not_replaced BEFORE INSERT ON registry_entry
WHEN EXISTS (SELECT 1 FROM registry_entry WHERE id = NEW.id OR "key" = NEW."key")
BEGIN SELECT RAISE(ABORT, 'An entry of the book is written once; its key is taken.'); END
;;
CREATE TRIGGER registry_issuance_not_changed BEFORE UPDATE ON registry_issuance
BEGIN SELECT RAISE(ABORT, 'An issuance is written once.'); END
;;
CREATE TRIGGER registry_issuance_not_deleted BEFORE DELETE ON registry_issuance
BEGIN SELECT RAISE(ABORT, 'An issuance is written once.'); END
;;
CREATE TRIGGER registry_deduction_not_changed BEFORE UPDATE ON registry_deduction
BEGIN SELECT RAISE(ABORT, 'A deduction is written once.'); END
;;
CREATE TRIGGER registry_deduction_not_deleted BEFORE DELETE ON registry_deduction
BEGIN SELECT RAISE(ABORT, 'A deduction is written once.'); END
;;
CREATE TRIGGER registry_accountrecord_not_changed BEFORE UPDATE ON registry_accountrecord
BEGIN SELECT RAISE(ABORT, 'The record of an account is written once.'); END
;;
CREATE TRIGGER registry_accountrecord_not_deleted BEFORE DELETE ON registry_accountrecord
BEGIN SELECT RAISE(ABORT, 'The record of an account is written once.'); END
;;
CREATE TRIGGER registry_accountrecord_not_replaced BEFORE INSERT ON registry_accountrecord
WHEN EXISTS (SELECT 1 FROM registry_accountrecord WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'The record of an account is written once.'); END
;;
CREATE TRIGGER registry_counter_only_up BEFORE UPDATE ON registry_partycounter
WHEN NEW.last_serial < OLD.last_serial OR NEW.party <> OLD.party
BEGIN SELECT RAISE(ABORT, 'The counter of a Party only goes up.'); END
;;
CREATE TRIGGER registry_counter_not_deleted BEFORE DELETE ON registry_partycounter
BEGIN SELECT RAISE(ABORT, 'The counter of a Party is never deleted.'); END
;;
CREATE TRIGGER registry_counter_not_replaced BEFORE INSERT ON registry_partycounter
WHEN NEW.party NOT GLOB '[A-Z][A-Z]' OR EXISTS (SELECT 1 FROM registry_partycounter WHERE party = NEW.party)
BEGIN SELECT RAISE(ABORT, 'A Party has one counter, under its code of two capital letters.'); END
;;
CREATE TRIGGER registry_account_kept BEFORE UPDATE ON registry_account
WHEN NEW.id <> OLD.id OR NEW.type <> OLD.type OR NEW.party <> OLD.party
     OR (OLD.state = 'closed' AND NEW.state <> 'closed')
BEGIN SELECT RAISE(ABORT, 'An account keeps its number, kind and Party, and once closed stays closed.'); END
;;
CREATE TRIGGER registry_account_not_deleted BEFORE DELETE ON registry_account
BEGIN SELECT RAISE(ABORT, 'An account is closed, never deleted.'); END
;;
CREATE TRIGGER registry_account_not_replaced BEFORE INSERT ON registry_account
WHEN EXISTS (SELECT 1 FROM registry_account WHERE id = NEW.id)
     OR (NEW.party <> '' AND NEW.party NOT GLOB '[A-Z][A-Z]')
BEGIN SELECT RAISE(ABORT, 'An account has its own number and a Party of two capital letters or none.'); END
;;
CREATE TRIGGER registry_account_own_once BEFORE INSERT ON registry_account
WHEN NEW.type IN ({registry_accounts}) AND EXISTS (SELECT 1 FROM registry_account WHERE type = NEW.type)
BEGIN SELECT RAISE(ABORT, 'The registry keeps one account of this kind.'); END
;;
CREATE TRIGGER registry_entry_follows AFTER INSERT ON registry_entry
BEGIN
    SELECT RAISE(ABORT, 'Entries are written one after the other.')
    WHERE NEW.id < (SELECT max(id) FROM registry_entry) OR typeof(NEW.units) <> 'integer' OR typeof(NEW.gross_units) <> 'integer';
    SELECT RAISE(ABORT, 'The entry before this one does not bear what it spends.')
    FROM registry_entry e
    WHERE e.id = (SELECT max(id) FROM registry_entry WHERE id < NEW.id)
      AND (e.gross_units <> (SELECT coalesce(sum(b.last - b.first + 1), 0) FROM registry_block b WHERE b.born_by_id = e.id)
           OR (e.kind NOT IN ('issuance', 'arrival') AND e.gross_units <>
               (SELECT coalesce(sum(b.last - b.first + 1), 0) FROM registry_block b WHERE b.spent_by_id = e.id)));
END
;;
CREATE TRIGGER registry_block_not_replaced BEFORE INSERT ON registry_block
WHEN NEW.spent_by_id IS NOT NULL OR EXISTS (SELECT 1 FROM registry_block WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'A block is born live and under its own number.'); END
;;
CREATE TRIGGER registry_block_of_whole_serials BEFORE INSERT ON registry_block
WHEN typeof(NEW.first) <> 'integer' OR typeof(NEW.last) <> 'integer' OR NEW.party NOT GLOB '[A-Z][A-Z]'
BEGIN SELECT RAISE(ABORT, 'A block is a run of whole serial numbers of a Party of two capital letters.'); END
;;
-- Live blocks never overlap, so the one that starts last before this one ends is the only one to look at.
CREATE TRIGGER registry_block_serial_lives_once BEFORE INSERT ON registry_block
WHEN NEW.first <= (SELECT b.last FROM registry_block b WHERE b.party = NEW.party AND b.spent_by_id IS NULL
                   AND b.first <= NEW.last ORDER BY b.first DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'A serial lives in one block only: block_serial_lives_once.'); END
;;
CREATE TRIGGER registry_block_born_within_entry AFTER INSERT ON registry_block
BEGIN
    SELECT RAISE(ABORT, 'A block is born by the entry being written.')
    WHERE NEW.born_by_id IS NOT (SELECT max(id) FROM registry_entry);
    SELECT RAISE(ABORT, 'An entry cannot bear more units than it spends.')
    FROM registry_entry e WHERE e.id = NEW.born_by_id AND e.gross_units <
        (SELECT sum(b.last - b.first + 1) FROM registry_block b WHERE b.born_by_id = e.id);
    SELECT RAISE(ABORT, 'An issuance must bear the block it instructs, in the pending account.')
    FROM registry_entry e WHERE e.id = NEW.born_by_id AND e.kind = 'issuance' AND NOT EXISTS (
        SELECT 1 FROM registry_issuance i JOIN registry_account a ON a.id = NEW.account_id
        WHERE i.entry_id = e.id AND i.party = NEW.party AND i.first = NEW.first AND i.last = NEW.last
          AND i.unit_type = NEW.unit_type AND i.project_number = NEW.project_number
          AND i.commitment_period = NEW.original_period AND i.commitment_period = NEW.applicable_period
          AND i.last - i.first + 1 = e.units AND e.gross_units = e.units AND a.type = 'pending');
    SELECT RAISE(ABORT, 'An entry must bear exactly the serials it spends.')
    FROM registry_entry e WHERE e.id = NEW.born_by_id AND e.kind NOT IN ('issuance', 'arrival') AND NOT EXISTS (
        SELECT 1 FROM registry_block s
        WHERE s.spent_by_id = e.id AND s.party = NEW.party AND s.first <= NEW.first AND s.last >= NEW.last
          AND s.unit_type = NEW.unit_type AND s.original_period = NEW.original_period
          AND s.applicable_period = NEW.applicable_period AND s.project_number = NEW.project_number
          AND s.lulucf = NEW.lulucf AND s.track = NEW.track AND s.expires_on IS NEW.expires_on)
      -- What units may become, by the kind of the entry; everything else about them stays.
      AND NOT EXISTS (
        SELECT 1 FROM registry_block s
        WHERE s.spent_by_id = e.id AND s.party = NEW.party AND s.first <= NEW.first AND s.last >= NEW.last
          AND s.original_period = NEW.original_period AND s.lulucf = NEW.lulucf AND CASE e.kind
            WHEN 'conversion' THEN
                NEW.unit_type = s.unit_type + 2 AND s.unit_type IN (1, 2) AND s.project_number = 0
                AND NEW.project_number > 0 AND NEW.applicable_period = s.applicable_period
                AND NEW.expires_on IS NULL AND s.expires_on IS NULL
            WHEN 'carry_over' THEN
                NEW.applicable_period = s.applicable_period + 1 AND s.unit_type IN (1, 3, 5)
                AND NEW.unit_type = s.unit_type AND NEW.project_number = s.project_number AND NEW.track = s.track
                AND NEW.expires_on IS NULL
            WHEN 'expiry_date_change' THEN
                NEW.expires_on IS NOT NULL AND s.expires_on IS NOT NULL AND NEW.unit_type = s.unit_type
                AND NEW.applicable_period = s.applicable_period AND NEW.project_number = s.project_number
                AND NEW.track = s.track
            ELSE 0 END);
    SELECT RAISE(ABORT, 'Units reserved for a movement are held and moved by that movement only.')
    FROM registry_entry e WHERE e.id = NEW.born_by_id AND NEW.reserved_for NOT IN (0, coalesce(e.movement_id, 0));
END
;;
CREATE TRIGGER registry_block_only_spent BEFORE UPDATE ON registry_block
WHEN OLD.spent_by_id IS NOT NULL OR NEW.spent_by_id IS NULL OR NEW.id <> OLD.id OR NEW.party <> OLD.party
     OR NEW.first <> OLD.first OR NEW.last <> OLD.last OR NEW.unit_type <> OLD.unit_type
     OR NEW.original_period <> OLD.original_period OR NEW.applicable_period <> OLD.applicable_period
     OR NEW.project_number <> OLD.project_number OR NEW.lulucf <> OLD.lulucf OR NEW.track <> OLD.track
     OR NEW.expires_on IS NOT OLD.expires_on OR NEW.reserved_for <> OLD.reserved_for OR NEW.account_id <> OLD.account_id OR NEW.born_by_id <> OLD.born_by_id
BEGIN SELECT RAISE(ABORT, 'A block changes once only, from live to spent.'); END
;;
CREATE TRIGGER registry_block_spent_within_entry AFTER UPDATE ON registry_block
BEGIN
    SELECT RAISE(ABORT, 'A block is spent by the entry being written.')
    WHERE NEW.spent_by_id IS NOT (SELECT max(id) FROM registry_entry);
    SELECT RAISE(ABORT, 'An entry cannot spend more units than it names.')
    FROM registry_entry e WHERE e.id = NEW.spent_by_id AND (e.kind IN ('issuance', 'arrival') OR e.gross_units <
        (SELECT sum(b.last - b.first + 1) FROM registry_block b WHERE b.spent_by_id = e.id));
    SELECT RAISE(ABORT, 'Units that were cancelled or retired never move again.')
    FROM registry_account a WHERE a.id = NEW.account_id AND a.type IN ({final_accounts});
    SELECT RAISE(ABORT, 'Units reserved for a movement are held and moved by that movement only.')
    FROM registry_entry e WHERE e.id = NEW.spent_by_id AND NEW.reserved_for NOT IN (0, coalesce(e.movement_id, 0));
END
;;
CREATE TRIGGER registry_block_not_deleted BEFORE DELETE ON registry_block
BEGIN SELECT RAISE(ABORT, 'A block is never deleted.'); END
;;
CREATE TRIGGER registry_issuance_follows BEFORE INSERT ON registry_issuance
BEGIN
    SELECT RAISE(ABORT, 'An issuance is written once.')
    WHERE EXISTS (SELECT 1 FROM registry_issuance i WHERE i.id = NEW.id OR i.entry_id = NEW.entry_id
                  OR (i.request_reference = NEW.request_reference AND i.party = NEW.party
                      AND i.commitment_period = NEW.commitment_period));
    SELECT RAISE(ABORT, 'The serials of a Party follow each other without a gap.')
    WHERE NEW.party NOT GLOB '[A-Z][A-Z]' OR NEW.first IS NOT 1 + coalesce(
        (SELECT i.last FROM registry_issuance i WHERE i.party = NEW.party ORDER BY i.first DESC LIMIT 1), 0);
    SELECT RAISE(ABORT, 'Only an issuing entry issues.')
    WHERE NOT EXISTS (SELECT 1 FROM registry_entry e WHERE e.id = NEW.entry_id AND e.kind = 'issuance');
END
;;
CREATE TRIGGER registry_deduction_fits BEFORE INSERT ON registry_deduction
BEGIN
    SELECT RAISE(ABORT, 'A deduction is written once.')
    WHERE EXISTS (SELECT 1 FROM registry_deduction d
                  WHERE d.id = NEW.id OR d.issuance_id = NEW.issuance_id OR d.entry_id = NEW.entry_id);
    -- The rate has two decimals: in hundredths of a per cent the sum is one of whole numbers.
    SELECT RAISE(ABORT, 'The deduction is not its rate of the block.')
    FROM registry_issuance i WHERE i.id = NEW.issuance_id AND NEW.exemption = '' AND NEW.units <>
        (CAST(round(NEW.rate_percent * 100) AS INTEGER) * (i.last - i.first + 1) + 4999) / 10000;
    SELECT RAISE(ABORT, 'The deduction takes the lowest serials of its block, by the entry that moved them.')
    FROM registry_issuance i WHERE i.id = NEW.issuance_id AND NEW.first IS NOT NULL AND (
        NEW.first <> i.first OR NEW.last > i.last OR NOT EXISTS (
            SELECT 1 FROM registry_entry e
            WHERE e.id = NEW.entry_id AND e.kind = 'adaptation_share' AND e.units = NEW.units));
END
