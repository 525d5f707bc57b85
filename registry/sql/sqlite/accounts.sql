-- The walls around representatives, trusted accounts and requests about accounts on SQLite. Can be run again.
-- INSERT OR REPLACE deletes without a delete trigger, so each insert looks whether its row is there already.
DROP TRIGGER IF EXISTS representative_only_ended
;;
CREATE TRIGGER representative_only_ended BEFORE UPDATE ON registry_accountrepresentative
WHEN OLD.until_at IS NOT NULL OR NEW.until_at IS NULL
     OR (NEW.id, NEW.account_id, NEW.user_id, NEW.from_at) IS NOT
        (OLD.id, OLD.account_id, OLD.user_id, OLD.from_at)
BEGIN SELECT RAISE(ABORT, 'A representative is written once, and ended once.'); END
;;
DROP TRIGGER IF EXISTS representative_not_deleted
;;
CREATE TRIGGER representative_not_deleted BEFORE DELETE ON registry_accountrepresentative
BEGIN SELECT RAISE(ABORT, 'A representative is ended, never deleted.'); END
;;
DROP TRIGGER IF EXISTS representative_one_of_three
;;
CREATE TRIGGER representative_one_of_three BEFORE INSERT ON registry_accountrepresentative
BEGIN
    SELECT RAISE(ABORT, 'A representative is written once, and ended once.')
    FROM registry_accountrepresentative
    WHERE id = NEW.id OR (account_id = NEW.account_id AND user_id = NEW.user_id AND until_at IS NULL
                          AND NEW.until_at IS NULL);
    SELECT RAISE(ABORT, 'A temporary holding account has at most three representatives.')
    FROM registry_account
    WHERE id = NEW.account_id AND type = 'temporary_holding'
      AND (SELECT count(*) FROM registry_accountrepresentative
           WHERE account_id = NEW.account_id AND until_at IS NULL) >= 3;
END
;;
DROP TRIGGER IF EXISTS trusted_only_ended
;;
CREATE TRIGGER trusted_only_ended BEFORE UPDATE ON registry_trustedaccount
WHEN OLD.until_at IS NOT NULL OR NEW.until_at IS NULL
     OR (NEW.id, NEW.account_id, NEW.trusted_id, NEW.from_at) IS NOT
        (OLD.id, OLD.account_id, OLD.trusted_id, OLD.from_at)
BEGIN SELECT RAISE(ABORT, 'A trusted account is written once, and ended once.'); END
;;
DROP TRIGGER IF EXISTS trusted_not_deleted
;;
CREATE TRIGGER trusted_not_deleted BEFORE DELETE ON registry_trustedaccount
BEGIN SELECT RAISE(ABORT, 'A trusted account is ended, never deleted.'); END
;;
DROP TRIGGER IF EXISTS trusted_not_replaced
;;
CREATE TRIGGER trusted_not_replaced BEFORE INSERT ON registry_trustedaccount
WHEN EXISTS (SELECT 1 FROM registry_trustedaccount
             WHERE id = NEW.id OR (account_id = NEW.account_id AND trusted_id = NEW.trusted_id
                                   AND until_at IS NULL AND NEW.until_at IS NULL))
BEGIN SELECT RAISE(ABORT, 'A trusted account is written once, and ended once.'); END
;;
DROP TRIGGER IF EXISTS account_request_not_deleted
;;
CREATE TRIGGER account_request_not_deleted BEFORE DELETE ON registry_accountrequest
BEGIN SELECT RAISE(ABORT, 'A request about an account is never deleted.'); END
;;
DROP TRIGGER IF EXISTS account_request_born_undecided
;;
CREATE TRIGGER account_request_born_undecided BEFORE INSERT ON registry_accountrequest
BEGIN
    SELECT RAISE(ABORT, 'A request about an account begins by awaiting approval.')
    WHERE NEW.state <> 'awaiting_approval';
    SELECT RAISE(ABORT, 'A request about an account is written once; its key is taken.')
    FROM registry_accountrequest WHERE id = NEW.id OR "key" = NEW."key";
END
;;
DROP TRIGGER IF EXISTS account_request_decided_once
;;
CREATE TRIGGER account_request_decided_once BEFORE UPDATE ON registry_accountrequest
WHEN OLD.state <> 'awaiting_approval' OR NEW.state = 'awaiting_approval'
     OR (NEW.id, NEW.kind, NEW.account_id, NEW.type, NEW.party, NEW.holder, NEW.holder_reference,
         NEW.project_number, NEW.changes_asked, NEW.last_record_id, NEW.proposed_by_id, NEW.proposed_at,
         NEW.reason, NEW."key", NEW.content) IS NOT
        (OLD.id, OLD.kind, OLD.account_id, OLD.type, OLD.party, OLD.holder, OLD.holder_reference,
         OLD.project_number, OLD.changes_asked, OLD.last_record_id, OLD.proposed_by_id, OLD.proposed_at,
         OLD.reason, OLD."key", OLD.content)
BEGIN SELECT RAISE(ABORT, 'A request about an account is written once, and decided once.'); END
;;
DROP TRIGGER IF EXISTS requested_change_not_changed
;;
CREATE TRIGGER requested_change_not_changed BEFORE UPDATE ON registry_requestedchange
BEGIN SELECT RAISE(ABORT, 'What a request asks for is written once.'); END
;;
DROP TRIGGER IF EXISTS requested_change_not_deleted
;;
CREATE TRIGGER requested_change_not_deleted BEFORE DELETE ON registry_requestedchange
BEGIN SELECT RAISE(ABORT, 'What a request asks for is written once.'); END
;;
DROP TRIGGER IF EXISTS requested_change_is_asked
;;
CREATE TRIGGER requested_change_is_asked BEFORE INSERT ON registry_requestedchange
WHEN EXISTS (SELECT 1 FROM registry_requestedchange WHERE id = NEW.id) OR NOT EXISTS (
    SELECT 1 FROM registry_accountrequest r WHERE r.id = NEW.request_id AND r.state = 'awaiting_approval'
       AND r.changes_asked > (SELECT count(*) FROM registry_requestedchange c WHERE c.request_id = r.id)
)
BEGIN SELECT RAISE(ABORT, 'A request asks for what it asked for when it was made.'); END
