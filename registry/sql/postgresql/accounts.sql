-- The walls around representatives, trusted accounts and requests about accounts on PostgreSQL. Can be run again.
-- `registry_refuse` is made by walls.sql, which runs first. Statements are parted by a line of two semicolons.
CREATE OR REPLACE TRIGGER representative_only_ended BEFORE UPDATE ON registry_accountrepresentative
    FOR EACH ROW WHEN (OLD.until_at IS NOT NULL OR NEW.until_at IS NULL
        OR (NEW.id, NEW.account_id, NEW.user_id, NEW.from_at) IS DISTINCT FROM
           (OLD.id, OLD.account_id, OLD.user_id, OLD.from_at))
    EXECUTE FUNCTION registry_refuse('A representative is written once, and ended once.');
CREATE OR REPLACE TRIGGER representative_not_deleted BEFORE DELETE ON registry_accountrepresentative
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('A representative is ended, never deleted.');
CREATE OR REPLACE TRIGGER representative_not_emptied BEFORE TRUNCATE ON registry_accountrepresentative
    EXECUTE FUNCTION registry_refuse('The representatives cannot be emptied.');
CREATE OR REPLACE TRIGGER trusted_only_ended BEFORE UPDATE ON registry_trustedaccount
    FOR EACH ROW WHEN (OLD.until_at IS NOT NULL OR NEW.until_at IS NULL
        OR (NEW.id, NEW.account_id, NEW.trusted_id, NEW.from_at) IS DISTINCT FROM
           (OLD.id, OLD.account_id, OLD.trusted_id, OLD.from_at))
    EXECUTE FUNCTION registry_refuse('A trusted account is written once, and ended once.');
CREATE OR REPLACE TRIGGER trusted_not_deleted BEFORE DELETE ON registry_trustedaccount
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('A trusted account is ended, never deleted.');
CREATE OR REPLACE TRIGGER trusted_not_emptied BEFORE TRUNCATE ON registry_trustedaccount
    EXECUTE FUNCTION registry_refuse('The trusted accounts cannot be emptied.');
CREATE OR REPLACE TRIGGER account_request_not_deleted BEFORE DELETE ON registry_accountrequest
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('A request about an account is never deleted.');
CREATE OR REPLACE TRIGGER account_request_not_emptied BEFORE TRUNCATE ON registry_accountrequest
    EXECUTE FUNCTION registry_refuse('The requests about accounts cannot be emptied.');
CREATE OR REPLACE TRIGGER account_request_born_undecided BEFORE INSERT ON registry_accountrequest
    FOR EACH ROW WHEN (NEW.state <> 'awaiting_approval')
    EXECUTE FUNCTION registry_refuse('A request about an account begins by awaiting approval.');
CREATE OR REPLACE TRIGGER account_request_decided_once BEFORE UPDATE ON registry_accountrequest
    FOR EACH ROW WHEN (OLD.state <> 'awaiting_approval' OR NEW.state = 'awaiting_approval'
        OR (NEW.id, NEW.kind, NEW.account_id, NEW.type, NEW.party, NEW.holder, NEW.holder_reference,
            NEW.project_number, NEW.changes_asked, NEW.last_record_id, NEW.proposed_by_id, NEW.proposed_at,
            NEW.reason, NEW.key, NEW.content) IS DISTINCT FROM
           (OLD.id, OLD.kind, OLD.account_id, OLD.type, OLD.party, OLD.holder, OLD.holder_reference,
            OLD.project_number, OLD.changes_asked, OLD.last_record_id, OLD.proposed_by_id, OLD.proposed_at,
            OLD.reason, OLD.key, OLD.content))
    EXECUTE FUNCTION registry_refuse('A request about an account is written once, and decided once.');
CREATE OR REPLACE TRIGGER requested_change_written_once BEFORE UPDATE OR DELETE ON registry_requestedchange
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('What a request asks for is written once.');
CREATE OR REPLACE TRIGGER requested_change_not_emptied BEFORE TRUNCATE ON registry_requestedchange
    EXECUTE FUNCTION registry_refuse('What requests ask for cannot be emptied.')
;;
CREATE OR REPLACE FUNCTION registry_three_representatives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One at a time names a representative of a temporary account, so that two cannot both be the third.
    PERFORM FROM registry_account WHERE id = NEW.account_id AND type = 'temporary_holding' FOR NO KEY UPDATE;
    IF FOUND AND (SELECT count(*) FROM registry_accountrepresentative
                  WHERE account_id = NEW.account_id AND until_at IS NULL) >= 3 THEN
        RAISE EXCEPTION 'A temporary holding account has at most three representatives.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
;;
CREATE OR REPLACE TRIGGER representative_one_of_three BEFORE INSERT ON registry_accountrepresentative
    FOR EACH ROW EXECUTE FUNCTION registry_three_representatives();
;;
CREATE OR REPLACE FUNCTION registry_change_is_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM registry_accountrequest r WHERE r.id = NEW.request_id AND r.state = 'awaiting_approval'
           AND r.changes_asked > (SELECT count(*) FROM registry_requestedchange c WHERE c.request_id = r.id)
    ) THEN
        RAISE EXCEPTION 'A request asks for what it asked for when it was made.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
;;
CREATE OR REPLACE TRIGGER requested_change_is_asked BEFORE INSERT ON registry_requestedchange
    FOR EACH ROW EXECUTE FUNCTION registry_change_is_asked();
