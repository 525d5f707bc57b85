-- The writers of the book on PostgreSQL: one call, one round trip. Put up with the walls after every migrate.
-- Each takes what is asked as one JSON object and gives one back: {"outcome": "done", ...}, or why not. A refusal
-- writes nothing. registry/posting/sqlite.py does the same, step by step, on SQLite.
--
-- Locks, in this order everywhere: the counter row of the Party, then accounts by number. Units in the pending
-- account are guarded by the row of their Party, units elsewhere by the row of their account (NO KEY UPDATE: a
-- plain FOR UPDATE would wait for every foreign key check and deadlock on crossed transfers). An account that only
-- receives is held against a change of its state, which takes FOR UPDATE, and not against other movements.

-- All are plpgsql, whose plans are kept for the session: PostgreSQL plans the body of an SQL function anew at each
-- call, and would plan these statements anew too, which takes longer than to run them. So the plans are generic, and
-- must not depend on how empty the tables were when the session began: they go by the indexes.

-- Lock the counter of a Party and give its last serial; made at the Party's first issuance.
CREATE OR REPLACE FUNCTION registry_lock_counter(wanted text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    standing bigint;
BEGIN
    SELECT last_serial INTO standing FROM registry_partycounter WHERE party = wanted FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        -- Two first issuances of a Party may meet here: one makes the row, and both then wait for it.
        INSERT INTO registry_partycounter (party, last_serial) VALUES (wanted, 0) ON CONFLICT DO NOTHING;
        SELECT last_serial INTO standing FROM registry_partycounter WHERE party = wanted FOR NO KEY UPDATE;
    END IF;
    RETURN standing;
END $$;

-- What was done under this key before: null, or the outcome to give back.
DROP FUNCTION IF EXISTS registry_done_before(jsonb);
CREATE OR REPLACE FUNCTION registry_done_before(wanted text, wanted_content text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    earlier bigint;
    earlier_content text;
BEGIN
    SELECT id, content INTO earlier, earlier_content FROM registry_entry WHERE key = wanted;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF earlier_content = wanted_content THEN
        RETURN jsonb_build_object('outcome', 'again', 'entry', earlier);
    END IF;
    RETURN jsonb_build_object('outcome', 'key_reused');
END $$;

-- Hold the receiving accounts against a change of state; null, or the first that is not open.
CREATE OR REPLACE FUNCTION registry_hold_accounts(ids bigint[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    stopped bigint;
    standing text;
BEGIN
    IF cardinality(ids) = 1 THEN        -- nearly always: no more than a look
        SELECT state INTO standing FROM registry_account WHERE id = ids[1] FOR KEY SHARE;
        stopped := CASE WHEN standing <> 'open' THEN ids[1] END;
    ELSE
        -- A plain condition would be looked at before the lock, and then only what it finds would be locked.
        SELECT min(id) FILTER (WHERE state <> 'open') INTO stopped
        FROM (SELECT id, state FROM registry_account WHERE id = ANY (ids) ORDER BY id FOR KEY SHARE) AS held;
    END IF;
    RETURN CASE WHEN stopped IS NOT NULL THEN jsonb_build_object('outcome', 'not_open', 'account', stopped) END;
END $$;

-- Move units from one account: the lowest serials of one kind, or, between bounds, the lowest of those; as many
-- as the bounds hold are exactly these serials. Walks the index of live blocks and stops when it has enough; writes the
-- entry, spends, and bears. `taken_from` is the movement whose reserved units are taken, 0 for free ones; `kept_for` the movement
-- that the moved units are reserved for from now on; `becomes` what they are from now on, where that changes.
-- A bitmap or a sort would read every live block of the account first.
DROP FUNCTION IF EXISTS registry_write_entry(jsonb, text, text, bigint, bigint);
CREATE OR REPLACE FUNCTION registry_move_units(
    source bigint, host text, project int, kind int, period int, low bigint, high bigint, places bigint[],
    units bigint[], taken_from bigint, kept_for bigint, becomes jsonb, asked_kind text, asked_key text,
    asked_content text, asked_by bigint, asked_at timestamptz, asked_reason text, asked_movement bigint
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    source_type text;
    source_state text;
    start bigint;
    wanted bigint := (SELECT sum(u) FROM unnest(units) AS u);
    missing bigint := wanted;
    gross bigint := 0;
    target int := 1;                -- the account that is being served
    due bigint := units[1];         -- what it still waits for
    walk CURSOR FOR
        SELECT id, first, last FROM registry_block
        WHERE account_id = source AND party = host AND project_number = project AND unit_type = kind
          AND applicable_period = period AND reserved_for = taken_from AND spent_by_id IS NULL
          AND first >= coalesce(start, low) AND first <= high AND last >= low
        ORDER BY first;
    b record;
    at_serial bigint;
    until bigint;
    spent bigint[] := '{}';
    firsts bigint[] := '{}';
    lasts bigint[] := '{}';
    goes_to bigint[] := '{}';
    patterns bigint[] := '{}';
    moves boolean[] := '{}';        -- whether the part moved, or stayed where it was
    refusal jsonb;
    new_entry bigint;
BEGIN
    SELECT type INTO source_type FROM registry_account WHERE id = source;
    IF source_type = 'pending' THEN
        PERFORM registry_lock_counter(host);
        refusal := registry_hold_accounts(places || source);
    ELSE
        SELECT state INTO source_state FROM registry_account WHERE id = source FOR NO KEY UPDATE;
        refusal := CASE WHEN source_state = 'open' THEN registry_hold_accounts(places)
                        ELSE registry_hold_accounts(places || source) END;
    END IF;
    refusal := coalesce(registry_done_before(asked_key, asked_content), refusal);
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;

    -- Live blocks do not overlap: the one that holds the lowest wanted serial is the last that starts before it.
    IF low > 1 THEN
        SELECT first INTO start FROM registry_block
        WHERE account_id = source AND party = host AND project_number = project AND unit_type = kind
          AND applicable_period = period AND reserved_for = taken_from AND spent_by_id IS NULL AND first <= low
        ORDER BY first DESC LIMIT 1;
    END IF;
    OPEN walk;
    LOOP
        FETCH walk INTO b;              -- one by one: a FOR loop reads ten ahead
        EXIT WHEN NOT FOUND;
        spent := spent || b.id;
        gross := gross + b.last - b.first + 1;
        at_serial := greatest(b.first, low);
        IF at_serial > b.first THEN
            firsts := firsts || b.first; lasts := lasts || (at_serial - 1);
            goes_to := goes_to || source; patterns := patterns || b.id; moves := moves || false;
        END IF;
        WHILE at_serial <= least(b.last, high) AND missing > 0 LOOP
            until := least(b.last, high, at_serial + due - 1);
            firsts := firsts || at_serial; lasts := lasts || until;
            goes_to := goes_to || places[target]; patterns := patterns || b.id; moves := moves || true;
            missing := missing - (until - at_serial + 1);
            due := due - (until - at_serial + 1);
            at_serial := until + 1;
            IF due = 0 AND missing > 0 THEN
                target := target + 1;
                due := units[target];
            END IF;
        END LOOP;
        IF at_serial <= b.last THEN
            firsts := firsts || at_serial; lasts := lasts || b.last;
            goes_to := goes_to || source; patterns := patterns || b.id; moves := moves || false;
        END IF;
        EXIT WHEN missing = 0;
    END LOOP;
    CLOSE walk;
    IF missing > 0 THEN
        RETURN jsonb_build_object('outcome', 'too_few', 'available', wanted - missing);
    END IF;

    new_entry := nextval('registry_entry_id_seq');
    INSERT INTO registry_entry (id, kind, key, content, units, gross_units, by_id, at, reason, movement_id)
    VALUES (new_entry, asked_kind, asked_key, asked_content, wanted, gross, asked_by, asked_at, asked_reason,
            asked_movement);
    UPDATE registry_block SET spent_by_id = new_entry WHERE id = ANY (spent);
    INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period, project_number,
                                lulucf, track, expires_on, reserved_for, account_id, born_by_id)
    SELECT p.party, born.first, born.last,
           coalesce((born.becomes->>'unit_type')::int, p.unit_type), p.original_period,
           coalesce((born.becomes->>'period')::int, p.applicable_period),
           coalesce((born.becomes->>'project_number')::int, p.project_number), p.lulucf,
           coalesce((born.becomes->>'track')::int, p.track),
           coalesce((born.becomes->>'expires_on')::date, p.expires_on),
           CASE WHEN born.moved THEN kept_for ELSE p.reserved_for END, born.place, new_entry
    FROM (SELECT u.*, CASE WHEN u.moved THEN becomes END AS becomes
          FROM unnest(firsts, lasts, goes_to, patterns, moves) AS u (first, last, place, pattern, moved)) AS born
    JOIN registry_block p ON p.id = born.pattern;
    RETURN jsonb_build_object('outcome', 'done', 'entry', new_entry, 'gross_units', gross);
END $$;

-- The same, of what is asked as one object.
CREATE OR REPLACE FUNCTION registry_move(asked jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT registry_move_units(
        (asked->>'source')::bigint, asked->>'party', (asked->>'project_number')::int, (asked->>'unit_type')::int,
        (asked->>'period')::int, coalesce((asked->>'first')::bigint, 1),
        coalesce((asked->>'last')::bigint, 999999999999999),
        ARRAY(SELECT (t->>0)::bigint FROM jsonb_array_elements(asked->'targets') WITH ORDINALITY a (t, n) ORDER BY n),
        ARRAY(SELECT (t->>1)::bigint FROM jsonb_array_elements(asked->'targets') WITH ORDINALITY a (t, n) ORDER BY n),
        coalesce((asked->>'from')::bigint, 0), coalesce((asked->>'for')::bigint, 0), asked->'becomes', asked->>'kind',
        asked->>'key', asked->>'content', (asked->>'by')::bigint, (asked->>'at')::timestamptz, asked->>'reason',
        (asked->>'movement')::bigint)
$$;

-- Why these issuances cannot all be written as they stand: null, or the outcome of the first that cannot.
CREATE OR REPLACE FUNCTION registry_refuse_issuance(rows jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    refusal jsonb;
BEGIN
    SELECT CASE WHEN e.content = x.content THEN jsonb_build_object('outcome', 'again', 'entry', e.id)
                ELSE jsonb_build_object('outcome', 'key_reused') END
    INTO refusal FROM jsonb_to_recordset(rows) AS x (key text, content text)
    JOIN registry_entry e ON e.key = x.key LIMIT 1;
    IF refusal IS NULL THEN
        refusal := registry_hold_accounts(ARRAY(
            SELECT (t->>0)::bigint FROM jsonb_array_elements(rows) r, jsonb_array_elements(r->'targets') t));
    END IF;
    IF refusal IS NULL THEN
        -- A day that was issued for, or a request.
        SELECT CASE WHEN i.request_reference = x.request_reference AND i.commitment_period = x.period
                    THEN jsonb_build_object('outcome', 'issued_before')
                    ELSE jsonb_build_object('outcome', 'overlaps', 'start', i.monitoring_start,
                                            'end', i.monitoring_end) END
        INTO refusal
        FROM jsonb_to_recordset(rows) AS x (party text, project_number int, monitoring_start date,
                                            monitoring_end date, correction text, request_reference text, period int)
        CROSS JOIN LATERAL (
            SELECT * FROM registry_issuance
            WHERE party = x.party AND project_number = x.project_number AND x.correction = ''
              AND monitoring_start <= x.monitoring_end AND monitoring_end >= x.monitoring_start
            UNION ALL
            SELECT * FROM registry_issuance
            WHERE request_reference = x.request_reference AND party = x.party AND commitment_period = x.period) AS i
        LIMIT 1;
    END IF;
    RETURN refusal;
END $$;

-- Whether two of these issuances depend on each other: one key, one request, or one day of a project twice.
CREATE OR REPLACE FUNCTION registry_issuances_meet(rows jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (
        WITH x AS (
            SELECT r->>'key' AS key, r->>'party' AS party, r->>'request_reference' AS request, r->>'period' AS period,
                   r->>'project_number' AS project, r->>'monitoring_start' AS start, r->>'monitoring_end' AS until,
                   r->>'correction' AS correction, n
            FROM jsonb_array_elements(rows) WITH ORDINALITY AS asked (r, n))
        SELECT FROM x GROUP BY key HAVING count(*) > 1
        UNION ALL
        SELECT FROM x GROUP BY party, request, period HAVING count(*) > 1
        UNION ALL
        SELECT FROM x JOIN x AS y USING (party, project)
        WHERE x.n < y.n AND y.correction = '' AND x.start <= y.until AND y.start <= x.until);
END $$;

-- Issue the next serials of a Party into the pending account, move the share of proceeds out of it, and forward what
-- is asked for: Article 66's order, an entry for each. A block that goes on at once is born spent, so that all blocks
-- are one statement; the walls hold the entry that spends it to the same sums as any other.
--
-- Small statements, each by one index: PostgreSQL takes longer to begin a large one than to answer several of these. What
-- is asked comes as arguments and not as one object, which would have to be taken to pieces here. `starts` says how many
-- of the forwarded units go before those of each place.
DROP FUNCTION IF EXISTS registry_issue_one(jsonb);
CREATE OR REPLACE FUNCTION registry_issue_one(
    host text, project int, kind int, period int, quantity bigint, since date, until date, request text, corrected text,
    expiry date, forestry int, share bigint, rate numeric, rule text, exemption text, places bigint[], units bigint[],
    starts bigint[], forwarded bigint, asked_key text, asked_content text, asked_by bigint, asked_at timestamptz,
    asked_reason text, asked_movement bigint
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    low bigint;
    high bigint;
    pending bigint;
    adaptation bigint;
    refusal jsonb;
    pending_state text;
    adaptation_state text;
    entry bigint;
    share_entry bigint;
    forward_entry bigint;
    issuance bigint;
BEGIN
    SELECT last_serial + 1, last_serial + quantity INTO low, high
    FROM registry_partycounter WHERE party = host FOR NO KEY UPDATE;
    IF low IS NULL THEN
        low := registry_lock_counter(host) + 1;
        high := low + quantity - 1;
    END IF;

    -- Locks of Parties hold these two open: registry.accounts waits for all of them before it changes their state.
    SELECT id, state INTO pending, pending_state FROM registry_account WHERE type = 'pending';
    SELECT id, state INTO adaptation, adaptation_state FROM registry_account WHERE type = 'adaptation_share';
    IF pending IS NULL OR adaptation IS NULL THEN
        RETURN jsonb_build_object('outcome', 'no_account');
    END IF;
    refusal := registry_done_before(asked_key, asked_content);
    IF refusal IS NULL AND (pending_state <> 'open' OR adaptation_state <> 'open') THEN
        refusal := registry_hold_accounts(ARRAY[pending, adaptation]);
    END IF;
    IF refusal IS NULL AND forwarded > 0 THEN
        refusal := registry_hold_accounts(places);
    END IF;
    IF refusal IS NULL AND corrected = '' THEN
        -- A day that was issued for; the request itself may be among them.
        SELECT CASE WHEN i.request_reference = request AND i.commitment_period = period
                    THEN jsonb_build_object('outcome', 'issued_before')
                    ELSE jsonb_build_object('outcome', 'overlaps', 'start', i.monitoring_start,
                                            'end', i.monitoring_end) END
        INTO refusal FROM registry_issuance i
        WHERE i.party = host AND i.project_number = project
          AND i.monitoring_start <= until AND i.monitoring_end >= since
        LIMIT 1;
    END IF;
    IF refusal IS NULL THEN
        PERFORM FROM registry_issuance i
        WHERE i.request_reference = request AND i.party = host AND i.commitment_period = period;
        IF FOUND THEN
            refusal := jsonb_build_object('outcome', 'issued_before');
        ELSIF high > 999999999999999 THEN
            refusal := jsonb_build_object('outcome', 'no_serials');
        END IF;
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;

    entry := nextval('registry_entry_id_seq');
    IF share > 0 THEN
        share_entry := nextval('registry_entry_id_seq');
    END IF;
    IF forwarded > 0 THEN
        forward_entry := nextval('registry_entry_id_seq');
    END IF;
    issuance := nextval('registry_issuance_id_seq');
    UPDATE registry_partycounter SET last_serial = high WHERE party = host;
        INSERT INTO registry_entry (id, kind, key, content, units, gross_units, by_id, at, reason, movement_id)
        SELECT e.id, e.kind, e.key, asked_content, e.moved, e.gross, asked_by, asked_at, asked_reason, asked_movement
        FROM (VALUES (entry, 'issuance', asked_key, quantity, quantity),
                     (share_entry, 'adaptation_share', asked_key || ':share', share, quantity),
                     (forward_entry, 'forwarding', asked_key || ':forward', forwarded, quantity - share))
            AS e (id, kind, key, moved, gross)
        WHERE e.id IS NOT NULL;
        INSERT INTO registry_issuance (id, entry_id, party, project_number, unit_type, commitment_period, first, last,
                                       monitoring_start, monitoring_end, request_reference, correction)
        VALUES (issuance, entry, host, project, kind, period, low, high, since, until, request, corrected);
        INSERT INTO registry_deduction (issuance_id, entry_id, rate_percent, units, first, last, rule, exemption)
        VALUES (issuance, share_entry, rate, share, CASE WHEN share > 0 THEN low END,
                CASE WHEN share > 0 THEN low + share - 1 END, rule, exemption);
    -- The units, into the pending account; the share of proceeds, lowest serials first, to the adaptation account,
    -- and the rest; then what goes to those who are named, and what stays.
    INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period, project_number,
                                lulucf, track, expires_on, account_id, born_by_id, spent_by_id)
    SELECT host, part.first, part.last, kind, period, period, project, forestry, 0, expiry, part.place, part.born,
           part.spent
    FROM (VALUES (low, high, pending, entry, coalesce(share_entry, forward_entry)),
                 (low, low + share - 1, adaptation, share_entry, NULL),
                 (low + share, high, pending, share_entry, forward_entry),
                 (low + share + forwarded, high, pending, forward_entry, NULL)) AS part (first, last, place, born, spent)
    WHERE part.born IS NOT NULL AND part.first <= part.last
    UNION ALL
    SELECT host, low + share + t.start, low + share + t.start + t.units - 1, kind, period, period, project, forestry, 0,
           expiry, t.place, forward_entry, NULL
    FROM unnest(places, units, starts) AS t (place, units, start);
    RETURN jsonb_build_object('outcome', 'done', 'entry', entry, 'issuance', issuance, 'first', low);
END $$;

-- The same, of what is asked as one object.
CREATE OR REPLACE FUNCTION registry_issue_asked(asked jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT registry_issue_one(
        asked->>'party', (asked->>'project_number')::int, (asked->>'unit_type')::int, (asked->>'period')::int,
        (asked->>'quantity')::bigint, (asked->>'monitoring_start')::date, (asked->>'monitoring_end')::date,
        asked->>'request_reference', asked->>'correction', (asked->>'expires_on')::date, (asked->>'lulucf')::int,
        (asked->>'share_units')::bigint, (asked->>'rate_percent')::numeric, asked->>'rule', asked->>'exemption',
        to_each.places, to_each.units, to_each.starts, to_each.forwarded, asked->>'key', asked->>'content',
        (asked->>'by')::bigint, (asked->>'at')::timestamptz, asked->>'reason', (asked->>'movement')::bigint)
    FROM (SELECT coalesce(array_agg(place ORDER BY n), '{}') AS places, coalesce(array_agg(units ORDER BY n), '{}') AS units,
                 coalesce(array_agg(reached - units ORDER BY n), '{}') AS starts,
                 coalesce(sum(units), 0)::bigint AS forwarded
          FROM (SELECT n, (t->>0)::bigint AS place, (t->>1)::bigint AS units,
                       sum((t->>1)::bigint) OVER (ORDER BY n)::bigint AS reached
                FROM jsonb_array_elements(asked->'targets') WITH ORDINALITY AS a (t, n)) AS target) AS to_each
$$;

-- Issue for each of the rows in order, as above. Set by set, so that a thousand issuances take as many statements as
-- one; row by row when something stands in the way of one of them. Gives one outcome for each row.
CREATE OR REPLACE FUNCTION registry_issue(rows jsonb) RETURNS SETOF jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
DECLARE
    pending bigint;
    adaptation bigint;
    own_open boolean;
    highest bigint;
    refusal jsonb;
    asked jsonb;
BEGIN
    PERFORM registry_lock_counter(party)
    FROM (SELECT DISTINCT r->>'party' AS party FROM jsonb_array_elements(rows) r ORDER BY 1) AS parties;
    SELECT max(id) FILTER (WHERE type = 'pending'), max(id) FILTER (WHERE type = 'adaptation_share'),
           bool_and(state = 'open')
    INTO pending, adaptation, own_open
    FROM registry_account WHERE type IN ('pending', 'adaptation_share');
    IF pending IS NULL OR adaptation IS NULL THEN
        refusal := jsonb_build_object('outcome', 'no_account');
    ELSIF registry_issuances_meet(rows) THEN
        refusal := jsonb_build_object('outcome', 'meet');
    ELSE
        refusal := registry_refuse_issuance(rows);
        IF refusal IS NULL AND NOT own_open THEN
            refusal := registry_hold_accounts(ARRAY[pending, adaptation]);
        END IF;
    END IF;
    IF refusal IS NOT NULL THEN
        FOR asked IN SELECT r FROM jsonb_array_elements(rows) r LOOP
            RETURN NEXT registry_issue_asked(asked);
        END LOOP;
        RETURN;
    END IF;

    -- Serials from the locked counters, and the numbers of the rows to come.
    SELECT jsonb_agg(r || jsonb_build_object(
        'low', run.high - run.quantity + 1, 'high', run.high, 'forwarded', run.forwarded,
        'entry', nextval('registry_entry_id_seq'),
        'share_entry', CASE WHEN run.share > 0 THEN nextval('registry_entry_id_seq') END,
        'forward_entry', CASE WHEN run.forwarded > 0 THEN nextval('registry_entry_id_seq') END,
        'issuance', nextval('registry_issuance_id_seq')) ORDER BY n), max(run.high)
    INTO rows, highest
    FROM (
        SELECT r, n, (r->>'quantity')::bigint AS quantity, (r->>'share_units')::bigint AS share,
               (SELECT coalesce(sum((t->>1)::bigint), 0) FROM jsonb_array_elements(r->'targets') t) AS forwarded,
               c.last_serial + sum((r->>'quantity')::bigint) OVER (PARTITION BY c.party ORDER BY n) AS high
        FROM jsonb_array_elements(rows) WITH ORDINALITY AS x (r, n)
        JOIN registry_partycounter c ON c.party = r->>'party') AS run;
    IF highest > 999999999999999 THEN
        RETURN QUERY SELECT jsonb_build_object('outcome', 'no_serials') FROM jsonb_array_elements(rows);
        RETURN;
    END IF;
    UPDATE registry_partycounter c SET last_serial = run.high
    FROM (SELECT party, max(high) AS high FROM jsonb_to_recordset(rows) AS x (party text, high bigint)
          GROUP BY party) AS run
    WHERE c.party = run.party;
    INSERT INTO registry_entry (id, kind, key, content, units, gross_units, by_id, at, reason, movement_id)
    SELECT e.id, e.kind, x.key || e.suffix, x.content, e.units, e.gross, x.by, x.at, x.reason, x.movement
    FROM jsonb_to_recordset(rows) AS x (
        key text, content text, by bigint, at timestamptz, reason text, movement bigint, quantity bigint,
        share_units bigint, forwarded bigint, entry bigint, share_entry bigint, forward_entry bigint)
    CROSS JOIN LATERAL (VALUES
        (entry, 'issuance', '', quantity, quantity),
        (share_entry, 'adaptation_share', ':share', share_units, quantity),
        (forward_entry, 'forwarding', ':forward', forwarded, quantity - share_units))
        AS e (id, kind, suffix, units, gross)
    WHERE e.id IS NOT NULL;
    INSERT INTO registry_issuance (id, entry_id, party, project_number, unit_type, commitment_period, first, last,
                                   monitoring_start, monitoring_end, request_reference, correction)
    SELECT issuance, entry, party, project_number, unit_type, period, low, high, monitoring_start, monitoring_end,
           request_reference, correction
    FROM jsonb_to_recordset(rows) AS x (
        issuance bigint, entry bigint, party text, project_number int, unit_type int, period int, low bigint,
        high bigint, monitoring_start date, monitoring_end date, request_reference text, correction text)
    ORDER BY party, low;

    INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period, project_number,
                                lulucf, track, expires_on, account_id, born_by_id, spent_by_id)
    SELECT party, part.first, part.last, unit_type, period, period, project_number, lulucf, 0, expires_on,
           part.place, part.born, part.spent
    FROM jsonb_to_recordset(rows) AS x (
        party text, low bigint, high bigint, unit_type int, period int, project_number int, lulucf int,
        expires_on date, share_units bigint, forwarded bigint, entry bigint, share_entry bigint,
        forward_entry bigint, targets jsonb)
    CROSS JOIN LATERAL (
        SELECT * FROM (VALUES
            (low, high, pending, entry, coalesce(share_entry, forward_entry)),
            (low, low + share_units - 1, adaptation, share_entry, NULL),
            (low + share_units, high, pending, share_entry, forward_entry),
            (low + share_units + forwarded, high, pending, forward_entry, NULL)) AS v (first, last, place, born, spent)
        WHERE v.born IS NOT NULL AND v.first <= v.last
        UNION ALL
        SELECT low + share_units + t.before, low + share_units + t.before + t.units - 1, t.place, forward_entry, NULL
        FROM (SELECT (t->>0)::bigint AS place, (t->>1)::bigint AS units,
                     (sum((t->>1)::bigint) OVER (ORDER BY n) - (t->>1)::bigint)::bigint AS before
              FROM jsonb_array_elements(targets) WITH ORDINALITY AS a (t, n)) AS t) AS part;
    INSERT INTO registry_deduction (issuance_id, entry_id, rate_percent, units, first, last, rule, exemption)
    SELECT issuance, share_entry, rate_percent, share_units,
           CASE WHEN share_units > 0 THEN low END, CASE WHEN share_units > 0 THEN low + share_units - 1 END,
           rule, exemption
    FROM jsonb_to_recordset(rows) AS x (
        issuance bigint, share_entry bigint, rate_percent numeric, share_units bigint, low bigint, rule text,
        exemption text);
    RETURN QUERY SELECT jsonb_build_object('outcome', 'done', 'entry', r->'entry', 'issuance', r->'issuance',
                                           'first', r->'low')
                 FROM jsonb_array_elements(rows) r;
END $$;

-- Many movements, in the order given, with the locks of all taken first and in the one order.
CREATE OR REPLACE FUNCTION registry_move_many(rows jsonb) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE
    asked jsonb;
BEGIN
    PERFORM registry_lock_counter(party)
    FROM (SELECT DISTINCT r->>'party' AS party
          FROM jsonb_array_elements(rows) r JOIN registry_account a ON a.id = (r->>'source')::bigint
          WHERE a.type = 'pending' ORDER BY 1) AS parties;
    PERFORM FROM registry_account a
    WHERE a.type <> 'pending' AND a.id IN (SELECT (r->>'source')::bigint FROM jsonb_array_elements(rows) r)
    ORDER BY a.id FOR NO KEY UPDATE;
    FOR asked IN SELECT r FROM jsonb_array_elements(rows) r LOOP
        RETURN NEXT registry_move(asked);
    END LOOP;
END $$;

-- Take in units that were issued elsewhere; nothing is spent here, and the walls refuse serials that live already.
CREATE OR REPLACE FUNCTION registry_arrive(asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    place bigint := (asked->'targets'->0->>0)::bigint;
    units bigint := (asked->'targets'->0->>1)::bigint;
    refusal jsonb;
    entry bigint;
BEGIN
    refusal := coalesce(registry_done_before(asked->>'key', asked->>'content'), registry_hold_accounts(ARRAY[place]));
    IF refusal IS NULL AND EXISTS (
        SELECT FROM registry_block
        WHERE spent_by_id IS NULL AND registry_run(party, first, last)
              && registry_run(asked->>'party', (asked->>'first')::bigint, (asked->>'last')::bigint)) THEN
        refusal := jsonb_build_object('outcome', 'here_already');
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;
    INSERT INTO registry_entry (kind, key, content, units, gross_units, by_id, at, reason, movement_id)
    VALUES (asked->>'kind', asked->>'key', asked->>'content', units, units, (asked->>'by')::bigint,
            (asked->>'at')::timestamptz, asked->>'reason', (asked->>'movement')::bigint)
    RETURNING id INTO entry;
    INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period, project_number,
                                lulucf, track, expires_on, reserved_for, account_id, born_by_id)
    VALUES (asked->>'party', (asked->>'first')::bigint, (asked->>'last')::bigint, (asked->>'unit_type')::int,
            (asked->>'original_period')::int, (asked->>'period')::int, (asked->>'project_number')::int,
            (asked->>'lulucf')::int, (asked->>'track')::int, (asked->>'expires_on')::date, 0, place, entry);
    RETURN jsonb_build_object('outcome', 'done', 'entry', entry, 'gross_units', units);
END $$;
