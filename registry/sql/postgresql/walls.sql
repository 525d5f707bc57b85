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
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'account_party_code') THEN
        ALTER TABLE registry_account ADD CONSTRAINT account_party_code CHECK (party ~ '^([A-Z]{2})?$');
    END IF;
END $$;
DROP FUNCTION IF EXISTS registry_place(text, bigint);

-- What a row of the book may say is said by the walls below, in the words of the models' check constraints and more.
-- PostgreSQL reads the stored text of each such constraint anew for every statement, a tenth of the time of an act;
-- a function is read once for a session. And accounts, entries, issuances and movements never go and keep their
-- numbers, so that a row is there need be seen once and without a lock, which the walls of blocks, issuances and
-- deductions do as they read it anyway. A foreign key would see to it again for each row, and lock rows that all
-- issuances share.
DO $$
DECLARE
    proved record;
BEGIN
    FOR proved IN
        SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE contype = 'f' AND confrelid IN ('registry_account'::regclass, 'registry_entry'::regclass,
                                              'registry_issuance'::regclass)
              AND conrelid IN ('registry_block'::regclass, 'registry_issuance'::regclass,
                               'registry_deduction'::regclass)
           OR contype = 'f' AND confrelid = 'registry_movement'::regclass
              AND conrelid IN ('registry_movementline'::regclass, 'registry_movementcheck'::regclass,
                               'registry_movementrecord'::regclass, 'registry_entry'::regclass)
           OR contype = 'c' AND conrelid IN ('registry_block'::regclass, 'registry_entry'::regclass,
                                             'registry_issuance'::regclass, 'registry_deduction'::regclass,
                                             'registry_partycounter'::regclass)
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
    FOR EACH ROW WHEN (NEW.last_serial < OLD.last_serial OR NEW.last_serial > 999999999999999 OR NEW.party <> OLD.party)
    EXECUTE FUNCTION registry_refuse('The counter of a Party only goes up, to 15 digits at most.');
CREATE OR REPLACE TRIGGER registry_counter_of_party BEFORE INSERT ON registry_partycounter
    FOR EACH ROW WHEN (NEW.party !~ '^[A-Z]{2}$' OR NEW.last_serial NOT BETWEEN 0 AND 999999999999999)
    EXECUTE FUNCTION registry_refuse('A counter is of a Party of two capital letters and has at most 15 digits.');
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

-- The types of account that nothing leaves, and the kinds of entry; the lists come from registry.codes.
CREATE OR REPLACE FUNCTION registry_final_accounts() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY[{final_accounts}]::text[]
$$;
CREATE OR REPLACE FUNCTION registry_entry_kinds() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY[{entry_kinds}]::text[]
$$;

-- What units may become, by the kind of the entry: a conversion makes ERUs of AAUs or RMUs for a project, a
-- carry-over gives units of another kind than RMU, tCER and lCER to the next period, and a change of the expiry date
-- concerns tCERs and lCERs. Everything else about a unit stays.
CREATE OR REPLACE FUNCTION registry_may_become(kind text, s registry_block, b registry_block) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT s.original_period = b.original_period AND s.lulucf = b.lulucf AND CASE kind
        WHEN 'conversion' THEN
            b.unit_type = s.unit_type + 2 AND s.unit_type IN (1, 2) AND s.project_number = 0
            AND b.project_number BETWEEN 1 AND 9999999 AND b.track BETWEEN 0 AND 2
            AND b.applicable_period = s.applicable_period AND b.expires_on IS NULL AND s.expires_on IS NULL
        WHEN 'carry_over' THEN
            b.applicable_period = s.applicable_period + 1 AND b.applicable_period <= 2 AND s.unit_type IN (1, 3, 5) AND b.unit_type = s.unit_type
            AND b.project_number = s.project_number AND b.track = s.track AND b.expires_on IS NULL
        WHEN 'expiry_date_change' THEN
            b.expires_on IS NOT NULL AND s.expires_on IS NOT NULL AND b.unit_type = s.unit_type
            AND b.applicable_period = s.applicable_period AND b.project_number = s.project_number
            AND b.track = s.track
        ELSE false END
$$;

-- Every block that is written: it lies in an account that is there, and is of an entry that is there and bears, by this
-- one statement, as many units as it names. An issuance bears the block it instructs, in the pending account. Any other
-- entry has spent as much before, and bears only serials that it spent, in one run, as what they were (or what its kind
-- may make of them), free or reserved for its own movement. An arrival bears what another registry says, in codes that
-- are known. So an entry is complete with the statement that writes its blocks, and can be given no further one.
--
-- A block may be born spent, by a later entry: units that go on at once. It is never live, but what that entry bears of
-- the same serials is, or what a later one does.
--
-- Small questions, each by one index. The plans are made under the settings of the function that writes.
CREATE OR REPLACE FUNCTION registry_born_within_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    w record;                       -- a block that was written, with its account and what its entry says
    entry bigint := 0;              -- the entry of the block before it
    held numeric;
    spenders bigint[] := '{}';      -- entries that spend blocks born spent here, and are not seen to be complete
    instructed boolean;             -- whether the block is that of its issuance
    fault text;
BEGIN
    FOR w IN
        SELECT b.*, a.type AS place, e.kind, e.units, e.gross_units, coalesce(e.movement_id, 0) AS movement
        FROM written b
        LEFT JOIN registry_account a ON a.id = b.account_id
        LEFT JOIN registry_entry e ON e.id = b.born_by_id
        ORDER BY b.born_by_id, b.party, b.first
    LOOP
        -- Once for an entry; one that is not there names no units.
        IF w.born_by_id <> entry THEN
            entry := w.born_by_id;
            SELECT sum(last - first + 1) INTO held FROM registry_block WHERE born_by_id = entry;
            IF held IS DISTINCT FROM w.gross_units THEN
                fault := 'An entry bears as many units as it names, by one statement.';
                EXIT;
            END IF;
            IF w.kind NOT IN ('issuance', 'arrival') THEN
                SELECT sum(last - first + 1) INTO held FROM registry_block WHERE spent_by_id = entry;
                IF held IS DISTINCT FROM w.gross_units THEN
                    fault := 'An entry must bear exactly the serials it spends.';
                    EXIT;
                END IF;
                spenders := array_remove(spenders, entry);
            END IF;
        END IF;
        IF w.place IS NULL OR w.last < w.first OR w.reserved_for <> 0 AND w.reserved_for <> w.movement THEN
            fault := 'A block is a run of serials in an account that is there, reserved for the movement of its entry only.';
            EXIT;
        END IF;
        IF w.spent_by_id IS NOT NULL THEN
            IF w.spent_by_id <= entry OR w.reserved_for <> 0 OR w.place = ANY (registry_final_accounts()) THEN
                fault := 'Units that go on at once are free, and spent by a later entry.';
                EXIT;
            END IF;
            spenders := spenders || w.spent_by_id;
        END IF;
        IF w.kind = 'issuance' THEN
            -- looked for by its entry alone: the other columns have indexes too, which may hold many of a project
            SELECT i.party = w.party AND i.first = w.first AND i.last = w.last AND i.unit_type = w.unit_type
                   AND i.project_number = w.project_number AND i.commitment_period = w.original_period
                   AND i.commitment_period = w.applicable_period
            INTO instructed FROM registry_issuance i WHERE i.entry_id = entry;
            IF instructed IS NOT TRUE OR w.place <> 'pending' OR w.units <> w.gross_units OR w.track <> 0
               OR w.lulucf NOT BETWEEN 0 AND 7 OR (w.unit_type >= 6) <> (w.expires_on IS NOT NULL) THEN
                fault := 'An issuance must bear the block it instructs, in the pending account.';
                EXIT;
            END IF;
        ELSIF w.kind = 'arrival' THEN
            IF w.party !~ '^[A-Z]{2}$' OR w.unit_type NOT BETWEEN 1 AND 7 OR w.original_period NOT BETWEEN 1 AND 2
               OR w.applicable_period NOT BETWEEN 1 AND 2 OR w.project_number NOT BETWEEN 0 AND 9999999
               OR w.lulucf NOT BETWEEN 0 AND 7 OR w.track NOT BETWEEN 0 AND 2 OR w.first < 1
               OR w.last > 999999999999999 OR (w.unit_type >= 6) <> (w.expires_on IS NOT NULL) THEN
                fault := 'An arrival bears units of a Party, in codes that are known.';
                EXIT;
            END IF;
        ELSE
            -- What an entry spends was live together and does not overlap: the block that starts last before this one
            -- starts is the only one that can hold it, and the first that is looked at.
            PERFORM FROM registry_block s
            WHERE s.spent_by_id = entry AND s.party = w.party AND s.first <= w.first AND s.last >= w.last
              AND s.unit_type = w.unit_type AND s.original_period = w.original_period
              AND s.applicable_period = w.applicable_period AND s.project_number = w.project_number
              AND s.lulucf = w.lulucf AND s.track = w.track AND s.expires_on IS NOT DISTINCT FROM w.expires_on
            ORDER BY s.first DESC LIMIT 1;
            IF NOT FOUND AND w.kind IN ('conversion', 'carry_over', 'expiry_date_change') THEN
                PERFORM FROM written b JOIN registry_block s ON s.spent_by_id = entry AND s.party = b.party
                WHERE b.id = w.id AND s.first <= b.first AND s.last >= b.last AND registry_may_become(w.kind, s, b)
                ORDER BY s.first DESC LIMIT 1;
            END IF;
            IF NOT FOUND THEN
                fault := 'An entry must bear exactly the serials it spends.';
                EXIT;
            END IF;
        END IF;
    END LOOP;
    IF fault IS NULL AND cardinality(spenders) > 0 THEN
        FOREACH entry IN ARRAY spenders LOOP
            SELECT sum(last - first + 1) INTO held FROM registry_block WHERE spent_by_id = entry;
            PERFORM FROM registry_entry
            WHERE id = entry AND kind NOT IN ('issuance', 'arrival') AND gross_units >= held;
            IF NOT FOUND THEN
                fault := 'Units that go on at once are spent by an entry that is there and moves as many.';
                EXIT;
            END IF;
        END LOOP;
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER registry_block_born_within_entry AFTER INSERT ON registry_block
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION registry_born_within_entry();

-- Every block that is spent: by a later entry that is there, moves units, and spends no more than it names; nothing leaves
-- a final account; and what is reserved for a movement is spent by its own entries only.
CREATE OR REPLACE FUNCTION registry_spent_within_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fault text;
BEGIN
    SELECT min(CASE
        WHEN e.id IS NULL OR e.kind IN ('issuance', 'arrival') OR e.id <= w.born_by_id THEN
            'A block is spent by a later entry that is there and moves units.'
        WHEN w.n = 1 AND e.gross_units <
             (SELECT sum(b.last - b.first + 1) FROM registry_block b WHERE b.spent_by_id = e.id) THEN
            'An entry cannot spend more units than it names.'
        WHEN w.reserved_for NOT IN (0, coalesce(e.movement_id, 0)) THEN
            'Units reserved for a movement are held and moved by that movement only.'
        WHEN (SELECT a.type FROM registry_account a WHERE a.id = w.account_id) = ANY (registry_final_accounts()) THEN
            'Units that were cancelled or retired never move again.'
    END) INTO fault
    FROM (SELECT *, row_number() OVER (PARTITION BY spent_by_id) AS n FROM written) AS w
    LEFT JOIN registry_entry e ON e.id = w.spent_by_id;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER registry_block_spent_within_entry AFTER UPDATE ON registry_block
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION registry_spent_within_entry();

-- At commit: an entry says what it may, and bears something, with which it was seen to be complete.
CREATE OR REPLACE FUNCTION registry_entry_true() RETURNS trigger LANGUAGE plpgsql
-- A plan is kept for the session and must not depend on how empty the tables were when it began.
SET enable_seqscan = off AS $$
BEGIN
    IF NEW.kind <> ALL (registry_entry_kinds()) OR NEW.units < 1 OR NEW.gross_units < NEW.units OR NEW.key = ''
       OR NEW.reason = '' THEN
        RAISE EXCEPTION 'An entry is of a known kind, moves units, and has a key and a reason.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM FROM registry_block WHERE born_by_id = NEW.id LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'An entry must bear exactly the serials it spends.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- movements never go (movements.sql)
    IF NEW.movement_id IS NOT NULL THEN
        PERFORM FROM registry_movement WHERE id = NEW.movement_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'An entry is of a movement that is there, or of none.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS registry_entry_balanced ON registry_entry;
CREATE CONSTRAINT TRIGGER registry_entry_balanced AFTER INSERT ON registry_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_entry_true();

-- The serials of a Party follow each other without a gap, and only an issuing entry issues. Looked at after the
-- statement, which may write the entry too; every issuance begins where the one before it ends, so none overlaps
-- another that came before or after it.
CREATE OR REPLACE FUNCTION registry_issuance_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reached bigint;
    entry_kind text;
    fault text;
BEGIN
    SELECT last INTO reached FROM registry_issuance
    WHERE party = NEW.party AND first < NEW.first ORDER BY first DESC LIMIT 1;
    SELECT kind INTO entry_kind FROM registry_entry WHERE id = NEW.entry_id;
    fault := CASE
        WHEN NEW.first <> 1 + coalesce(reached, 0) THEN 'The serials of a Party follow each other without a gap.'
        WHEN entry_kind IS DISTINCT FROM 'issuance' THEN 'Only an issuing entry issues.'
        WHEN NEW.party !~ '^[A-Z]{2}$' OR NEW.last NOT BETWEEN NEW.first AND 999999999999999
             OR NEW.unit_type NOT BETWEEN 5 AND 7 OR NEW.commitment_period NOT BETWEEN 1 AND 2
             OR NEW.project_number NOT BETWEEN 1 AND 9999999 OR NEW.monitoring_end < NEW.monitoring_start THEN
            'An issuance is of units, a project and days that there are.'
    END;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER registry_issuance_follows AFTER INSERT ON registry_issuance
    FOR EACH ROW EXECUTE FUNCTION registry_issuance_follows();

-- A deduction is the nearest whole number to its rate of the block, an exact half left to the participants,
-- and has the lowest serials.
CREATE OR REPLACE FUNCTION registry_deduction_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    low bigint;
    high bigint;
    moved bigint;
    fault text;
BEGIN
    SELECT first, last INTO low, high FROM registry_issuance WHERE id = NEW.issuance_id;
    SELECT units INTO moved FROM registry_entry WHERE id = NEW.entry_id AND kind = 'adaptation_share';
    fault := CASE
        WHEN low IS NULL THEN 'A deduction is of an issuance.'
        WHEN NEW.rule = '' OR NEW.rate_percent NOT BETWEEN 0 AND 100 OR NEW.units > 0 AND NEW.exemption <> '' THEN
            'A deduction names its rule and its rate, and why there is none or nothing else.'
        WHEN NEW.exemption = '' AND NEW.units <> ceil(NEW.rate_percent * (high - low + 1) / 100 - 0.5) THEN
            'The deduction is not its rate of the block.'
        WHEN NEW.units = 0 AND NEW.entry_id IS NULL AND NEW.first IS NULL AND NEW.last IS NULL THEN
            NULL
        WHEN NEW.units >= 1 AND NEW.units = moved AND NEW.first = low AND NEW.last = low + NEW.units - 1
             AND NEW.last <= high THEN
            NULL
        ELSE 'The deduction takes the lowest serials of its block, by the entry that moved them.'
    END;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER registry_deduction_fits AFTER INSERT ON registry_deduction
    FOR EACH ROW EXECUTE FUNCTION registry_deduction_fits();
