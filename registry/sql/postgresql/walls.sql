-- The walls of the book on PostgreSQL. Run after every migrate; each statement can be run again.
-- A refusal is an integrity error whose text says what was tried.

CREATE OR REPLACE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- A run of serials as a bar beside those of other Parties. Serials have 15 digits, which a double holds exactly. The
-- bar is 1 wide: GiST puts a box where the area grows least, and a line has none.
CREATE OR REPLACE FUNCTION registry_run(party text, first bigint, last bigint) RETURNS box
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT box(point(ascii(party) * 1000 + ascii(substr(party, 2)) * 2, first),
               point(ascii(party) * 1000 + ascii(substr(party, 2)) * 2 + 1, last))
$$;

-- No serial lies in two live blocks. Deferrable, so that one statement may spend a block and bear its parts:
-- PostgreSQL then looks again at the end of the statement. A box of four numbers is compared in a third of the time
-- of a range, and GiST needs no extension for it.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'block_serial_lives_once'
                   AND conrelid = 'registry_block'::regclass AND pg_get_constraintdef(oid) LIKE '%registry_run%') THEN
        ALTER TABLE registry_block DROP CONSTRAINT IF EXISTS block_serial_lives_once;
        ALTER TABLE registry_block ADD CONSTRAINT block_serial_lives_once
            EXCLUDE USING gist (registry_run(party, first, last) WITH &&)
            WHERE (spent_by_id IS NULL) DEFERRABLE INITIALLY IMMEDIATE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'block_party_code') THEN
        ALTER TABLE registry_block ADD CONSTRAINT block_party_code CHECK (party ~ '^[A-Z]{2}$');
        ALTER TABLE registry_issuance ADD CONSTRAINT issuance_party_code CHECK (party ~ '^[A-Z]{2}$');
        ALTER TABLE registry_partycounter ADD CONSTRAINT counter_party_code CHECK (party ~ '^[A-Z]{2}$');
        ALTER TABLE registry_account ADD CONSTRAINT account_party_code CHECK (party ~ '^([A-Z]{2})?$');
    END IF;
END $$;
DROP FUNCTION IF EXISTS registry_place(text, bigint);

-- Accounts, entries and issuances never go and keep their numbers (walls below). So that a row is there need be seen
-- once and without a lock, which the walls of blocks, issuances and deductions do as they read it anyway. A foreign
-- key would see to it again for each row, and lock rows that all issuances share.
DO $$
DECLARE
    proved record;
BEGIN
    FOR proved IN
        SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE contype = 'f' AND confrelid IN ('registry_account'::regclass, 'registry_entry'::regclass,
                                              'registry_issuance'::regclass)
          AND conrelid IN ('registry_block'::regclass, 'registry_issuance'::regclass, 'registry_deduction'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', proved.place, proved.conname);
    END LOOP;
END $$;

-- Written once: what an entry, an issuance, a deduction or an act on an account says never changes or goes.
CREATE OR REPLACE TRIGGER registry_entry_written_once BEFORE UPDATE OR DELETE ON registry_entry
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('An entry of the book is written once; correct it with a new entry.');
CREATE OR REPLACE TRIGGER registry_entry_not_emptied BEFORE TRUNCATE ON registry_entry
    EXECUTE FUNCTION registry_refuse('The entries of the book cannot be emptied.');
CREATE OR REPLACE TRIGGER registry_issuance_written_once BEFORE UPDATE OR DELETE ON registry_issuance
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('An issuance is written once.');
CREATE OR REPLACE TRIGGER registry_issuance_not_emptied BEFORE TRUNCATE ON registry_issuance
    EXECUTE FUNCTION registry_refuse('The issuances cannot be emptied.');
CREATE OR REPLACE TRIGGER registry_deduction_written_once BEFORE UPDATE OR DELETE ON registry_deduction
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('A deduction is written once.');
CREATE OR REPLACE TRIGGER registry_deduction_not_emptied BEFORE TRUNCATE ON registry_deduction
    EXECUTE FUNCTION registry_refuse('The deductions cannot be emptied.');
CREATE OR REPLACE TRIGGER registry_accountrecord_written_once BEFORE UPDATE OR DELETE ON registry_accountrecord
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('The record of an account is written once.');
CREATE OR REPLACE TRIGGER registry_accountrecord_not_emptied BEFORE TRUNCATE ON registry_accountrecord
    EXECUTE FUNCTION registry_refuse('The records of accounts cannot be emptied.');

-- A block is spent once, and is otherwise what it was born as.
DROP TRIGGER IF EXISTS registry_block_born_live ON registry_block;
CREATE OR REPLACE TRIGGER registry_block_kept
    BEFORE UPDATE OF id, party, first, last, unit_type, original_period, applicable_period, project_number, lulucf,
                     track, expires_on, reserved_for, account_id, born_by_id ON registry_block
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('A block changes once only, from live to spent.');
CREATE OR REPLACE TRIGGER registry_block_only_spent BEFORE UPDATE ON registry_block
    FOR EACH ROW WHEN (OLD.spent_by_id IS NOT NULL OR NEW.spent_by_id IS NULL)
    EXECUTE FUNCTION registry_refuse('A block changes once only, from live to spent.');
CREATE OR REPLACE TRIGGER registry_block_not_deleted BEFORE DELETE ON registry_block
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('A block is never deleted.');
CREATE OR REPLACE TRIGGER registry_block_not_emptied BEFORE TRUNCATE ON registry_block
    EXECUTE FUNCTION registry_refuse('The blocks cannot be emptied.');

-- The counter of a Party only goes up; an account keeps its kind, and a closed one stays closed.
CREATE OR REPLACE TRIGGER registry_counter_only_up BEFORE UPDATE ON registry_partycounter
    FOR EACH ROW WHEN (NEW.last_serial < OLD.last_serial OR NEW.party <> OLD.party)
    EXECUTE FUNCTION registry_refuse('The counter of a Party only goes up.');
CREATE OR REPLACE TRIGGER registry_counter_not_deleted BEFORE DELETE ON registry_partycounter
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('The counter of a Party is never deleted.');
CREATE OR REPLACE TRIGGER registry_counter_not_emptied BEFORE TRUNCATE ON registry_partycounter
    EXECUTE FUNCTION registry_refuse('The counters cannot be emptied.');
CREATE OR REPLACE TRIGGER registry_account_kept BEFORE UPDATE ON registry_account
    FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.type <> OLD.type OR NEW.party <> OLD.party
                       OR (OLD.state = 'closed' AND NEW.state <> 'closed'))
    EXECUTE FUNCTION registry_refuse('An account keeps its number, kind and Party, and once closed stays closed.');
CREATE OR REPLACE TRIGGER registry_account_not_deleted BEFORE DELETE ON registry_account
    FOR EACH ROW EXECUTE FUNCTION registry_refuse('An account is closed, never deleted.');
CREATE OR REPLACE TRIGGER registry_account_not_emptied BEFORE TRUNCATE ON registry_account
    EXECUTE FUNCTION registry_refuse('The accounts cannot be emptied.');

-- No entry ever bears or spends more than its gross units, and no block is of an entry or account that is not there. Together
-- with the look at commit below, an entry that is complete can be given no further block, in this transaction or any
-- later one. So a block may be born spent, by a later entry that is not complete yet: units that go on at once. It is
-- never live, but what that entry bears of the same serials is, or what a later one does.
CREATE OR REPLACE FUNCTION registry_born_within_entry() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT account_id AS place, born_by_id AS born, spent_by_id AS spent FROM written) AS w
        WHERE (SELECT a.id FROM registry_account a WHERE a.id = w.place) IS NULL
           OR coalesce((SELECT e.gross_units FROM registry_entry e WHERE e.id = w.born), 0)
              < (SELECT sum(b.last - b.first + 1) FROM registry_block b WHERE b.born_by_id = w.born)
           OR coalesce((SELECT e.gross_units FROM registry_entry e
                        WHERE e.id = w.spent AND e.kind NOT IN ('issuance', 'arrival')), 0)
              < (SELECT sum(b.last - b.first + 1) FROM registry_block b WHERE b.spent_by_id = w.spent)
    ) THEN
        RAISE EXCEPTION 'A block lies in an account; no entry bears more units than it spends or spends more than it names.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER registry_block_born_within_entry AFTER INSERT ON registry_block
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION registry_born_within_entry();

CREATE OR REPLACE FUNCTION registry_spent_within_entry() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT spent_by_id AS spent FROM written) AS w
        WHERE coalesce((SELECT e.gross_units FROM registry_entry e
                        WHERE e.id = w.spent AND e.kind NOT IN ('issuance', 'arrival')), 0)
              < (SELECT sum(b.last - b.first + 1) FROM registry_block b WHERE b.spent_by_id = w.spent)
    ) THEN
        RAISE EXCEPTION 'An entry cannot spend more units than it names.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER registry_block_spent_within_entry AFTER UPDATE ON registry_block
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION registry_spent_within_entry();

-- What units may become, by the kind of the entry: a conversion makes ERUs of AAUs or RMUs for a project, a
-- carry-over gives units of another kind than RMU, tCER and lCER to the next period, and a change of the expiry date
-- concerns tCERs and lCERs. Everything else about a unit stays.
CREATE OR REPLACE FUNCTION registry_may_become(kind text, s registry_block, b registry_block) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT s.original_period = b.original_period AND s.lulucf = b.lulucf AND CASE kind
        WHEN 'conversion' THEN
            b.unit_type = s.unit_type + 2 AND s.unit_type IN (1, 2) AND s.project_number = 0 AND b.project_number > 0
            AND b.applicable_period = s.applicable_period AND b.expires_on IS NULL AND s.expires_on IS NULL
        WHEN 'carry_over' THEN
            b.applicable_period = s.applicable_period + 1 AND s.unit_type IN (1, 3, 5) AND b.unit_type = s.unit_type
            AND b.project_number = s.project_number AND b.track = s.track AND b.expires_on IS NULL
        WHEN 'expiry_date_change' THEN
            b.expires_on IS NOT NULL AND s.expires_on IS NOT NULL AND b.unit_type = s.unit_type
            AND b.applicable_period = s.applicable_period AND b.project_number = s.project_number
            AND b.track = s.track
        ELSE false END
$$;

-- At commit: an entry bears exactly the serials it spends, each with the attributes it had; an issuance bears
-- exactly the block it instructs, in the pending account; nothing leaves a final account; units reserved for a movement
-- are spent, and borne as reserved, by its own entries only.
CREATE OR REPLACE FUNCTION registry_entry_true() RETURNS trigger LANGUAGE plpgsql
-- A plan is kept for the session and must not depend on how empty the tables were when it began.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    fault text;
    born numeric;
    spent numeric;
    inside boolean;
    final boolean;
    free boolean;
    reserved_to boolean;
BEGIN
    IF NEW.kind = 'issuance' THEN
        SELECT 'An issuance must bear the block it instructs, in the pending account.' INTO fault
        WHERE (SELECT count(*) FROM registry_block b WHERE b.born_by_id = NEW.id) <> 1
           OR NOT EXISTS (
            SELECT FROM registry_issuance i
            JOIN registry_block b ON b.born_by_id = i.entry_id
            WHERE i.entry_id = NEW.id AND b.party = i.party AND b.first = i.first AND b.last = i.last
              AND b.unit_type = i.unit_type AND b.project_number = i.project_number
              AND b.original_period = i.commitment_period AND b.applicable_period = i.commitment_period
              AND i.last - i.first + 1 = NEW.units AND NEW.gross_units = NEW.units
              AND (SELECT a.type FROM registry_account a WHERE a.id = b.account_id) = 'pending');
    ELSIF NEW.kind = 'arrival' THEN
        SELECT 'An arrival must bear the units it names.' INTO fault
        WHERE NEW.gross_units IS DISTINCT FROM
              (SELECT sum(b.last - b.first + 1) FROM registry_block b WHERE b.born_by_id = NEW.id);
    ELSE
        -- The blocks an entry spends were live together, so they do not overlap: the one that starts last before
        -- a born block starts is the only one that can hold it.
        SELECT sum(b.last - b.first + 1), bool_and(b.reserved_for IN (0, coalesce(NEW.movement_id, 0))),
               bool_and(coalesce((
            SELECT s.last >= b.last AND (s.unit_type = b.unit_type AND s.original_period = b.original_period
               AND s.applicable_period = b.applicable_period AND s.project_number = b.project_number
               AND s.lulucf = b.lulucf AND s.track = b.track AND s.expires_on IS NOT DISTINCT FROM b.expires_on
               OR NEW.kind IN ('conversion', 'carry_over', 'expiry_date_change')
                  AND registry_may_become(NEW.kind, s, b))
            FROM registry_block s
            WHERE s.spent_by_id = NEW.id AND s.party = b.party AND s.first <= b.first
            ORDER BY s.first DESC LIMIT 1), false))
        INTO born, reserved_to, inside FROM registry_block b WHERE b.born_by_id = NEW.id;
        -- A join might be planned to read every account for each entry.
        SELECT sum(b.last - b.first + 1), bool_or((SELECT a.type FROM registry_account a WHERE a.id = b.account_id)
                                                  = ANY (registry_final_accounts())),
               bool_and(b.reserved_for IN (0, coalesce(NEW.movement_id, 0)))
        INTO spent, final, free FROM registry_block b WHERE b.spent_by_id = NEW.id;
        IF inside IS NOT TRUE OR born IS DISTINCT FROM NEW.gross_units OR spent IS DISTINCT FROM born THEN
            fault := 'An entry must bear exactly the serials it spends.';
        ELSIF final THEN
            fault := 'Units that were cancelled or retired never move again.';
        ELSIF NOT free OR NOT reserved_to THEN
            fault := 'Units reserved for a movement are held and moved by that movement only.';
        END IF;
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

-- The types of account that nothing leaves; the list comes from registry.codes.
CREATE OR REPLACE FUNCTION registry_final_accounts() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY[{final_accounts}]::text[]
$$;

DROP TRIGGER IF EXISTS registry_entry_balanced ON registry_entry;
CREATE CONSTRAINT TRIGGER registry_entry_balanced AFTER INSERT ON registry_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_entry_true();

-- The serials of a Party follow each other without a gap, and only an issuing entry issues.
CREATE OR REPLACE FUNCTION registry_issuance_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reached bigint;
    entry_kind text;
BEGIN
    SELECT coalesce((SELECT i.last FROM registry_issuance i WHERE i.party = NEW.party ORDER BY i.first DESC LIMIT 1), 0),
           (SELECT e.kind FROM registry_entry e WHERE e.id = NEW.entry_id)
    INTO reached, entry_kind;
    IF NEW.first <> 1 + reached THEN
        RAISE EXCEPTION 'The serials of a Party follow each other without a gap.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF entry_kind IS DISTINCT FROM 'issuance' THEN
        RAISE EXCEPTION 'Only an issuing entry issues.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER registry_issuance_follows BEFORE INSERT ON registry_issuance
    FOR EACH ROW EXECUTE FUNCTION registry_issuance_follows();

-- A deduction is the nearest whole number to its rate of the block, an exact half left to the participants,
-- and has the lowest serials.
CREATE OR REPLACE FUNCTION registry_deduction_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    low bigint;
    high bigint;
BEGIN
    SELECT first, last INTO low, high FROM registry_issuance i WHERE i.id = NEW.issuance_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A deduction is of an issuance.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.exemption = '' AND NEW.units <> ceil(NEW.rate_percent * (high - low + 1) / 100 - 0.5) THEN
        RAISE EXCEPTION 'The deduction is not its rate of the block.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.entry_id IS NOT NULL AND (NEW.first IS DISTINCT FROM low OR NEW.last IS NULL OR NEW.last > high OR NOT EXISTS (
        SELECT FROM registry_entry e
        WHERE e.id = NEW.entry_id AND e.kind = 'adaptation_share' AND e.units = NEW.units)) THEN
        RAISE EXCEPTION 'The deduction takes the lowest serials of its block, by the entry that moved them.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER registry_deduction_fits BEFORE INSERT ON registry_deduction
    FOR EACH ROW EXECUTE FUNCTION registry_deduction_fits();
