-- The writers of the book on PostgreSQL: one call, one round trip. Put up with the walls after every migrate.
-- Each takes what is asked as one JSON object and gives one back: {"outcome": "done", ...}, or why not. A refusal
-- writes nothing. registry/posting/sqlite.py does the same, step by step, on SQLite.
--
-- Locks, in this order everywhere: the counter row of the Party, then accounts by number. Units in the pending
-- account are guarded by the row of their Party, units elsewhere by the row of their account (NO KEY UPDATE: a
-- plain FOR UPDATE would wait for every foreign key check and deadlock on crossed transfers). An account that only
-- receives is held against a change of its state, which takes FOR UPDATE, and not against other movements.

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
CREATE OR REPLACE FUNCTION registry_done_before(asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    earlier registry_entry;
BEGIN
    SELECT * INTO earlier FROM registry_entry WHERE key = asked->>'key';
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF earlier.content = asked->>'content' THEN
        RETURN jsonb_build_object('outcome', 'again', 'entry', earlier.id);
    END IF;
    RETURN jsonb_build_object('outcome', 'key_reused');
END $$;

-- Hold the receiving accounts against a change of state; null, or the first that is not open.
CREATE OR REPLACE FUNCTION registry_hold_accounts(ids bigint[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    account record;
BEGIN
    FOR account IN SELECT id, state FROM registry_account WHERE id = ANY (ids) ORDER BY id FOR KEY SHARE LOOP
        IF account.state <> 'open' THEN
            RETURN jsonb_build_object('outcome', 'not_open', 'account', account.id);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION registry_write_entry(asked jsonb, kind text, suffix text, units bigint, gross bigint)
RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO registry_entry (kind, key, content, units, gross_units, by_id, at, reason)
    VALUES (kind, (asked->>'key') || suffix, asked->>'content', units, gross, (asked->>'by')::bigint,
            (asked->>'at')::timestamptz, asked->>'reason')
    RETURNING id
$$;

-- Move units from one account: the lowest serials of one kind, or, between bounds, the lowest of those; as many
-- as the bounds hold are exactly these serials. Walks the index of live blocks and stops when it has enough; writes the entry, spends, and bears.
CREATE OR REPLACE FUNCTION registry_move(asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    source bigint := (asked->>'source')::bigint;
    low bigint := coalesce((asked->>'first')::bigint, 1);
    high bigint := coalesce((asked->>'last')::bigint, 999999999999999);
    start bigint;
    accounts bigint[];
    amounts bigint[];
    wanted bigint;
    missing bigint;
    gross bigint := 0;
    target int := 1;                -- the account that is being served
    due bigint;                     -- what it still waits for
    b record;
    at_serial bigint;
    until bigint;
    spent bigint[] := '{}';
    firsts bigint[] := '{}';
    lasts bigint[] := '{}';
    places bigint[] := '{}';
    patterns bigint[] := '{}';
    guarded_by_party boolean;
    refusal jsonb;
    new_entry bigint;
BEGIN
    SELECT array_agg((t->>0)::bigint ORDER BY n), array_agg((t->>1)::bigint ORDER BY n), sum((t->>1)::bigint)
    INTO accounts, amounts, wanted FROM jsonb_array_elements(asked->'targets') WITH ORDINALITY AS x (t, n);

    SELECT type = 'pending' INTO guarded_by_party FROM registry_account WHERE id = source;
    IF guarded_by_party THEN
        PERFORM registry_lock_counter(asked->>'party');
        refusal := registry_hold_accounts(accounts || source);
    ELSE
        PERFORM FROM registry_account WHERE id = source FOR NO KEY UPDATE;
        refusal := registry_hold_accounts(accounts || source);
    END IF;
    refusal := coalesce(registry_done_before(asked), refusal);
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;

    missing := wanted;
    due := amounts[1];
    -- Live blocks do not overlap: the one that holds the lowest wanted serial is the last that starts before it.
    IF low > 1 THEN
        SELECT first INTO start FROM registry_block
        WHERE account_id = source AND party = asked->>'party'
          AND project_number = (asked->>'project_number')::int AND unit_type = (asked->>'unit_type')::int
          AND applicable_period = (asked->>'period')::int AND spent_by_id IS NULL AND first <= low
        ORDER BY first DESC LIMIT 1;
    END IF;
    FOR b IN
        SELECT id, first, last FROM registry_block
        WHERE account_id = source AND party = asked->>'party'
          AND project_number = (asked->>'project_number')::int AND unit_type = (asked->>'unit_type')::int
          AND applicable_period = (asked->>'period')::int AND spent_by_id IS NULL
          AND first >= coalesce(start, low) AND first <= high AND last >= low
        ORDER BY first
    LOOP
        spent := spent || b.id;
        gross := gross + b.last - b.first + 1;
        at_serial := greatest(b.first, low);
        IF at_serial > b.first THEN
            firsts := firsts || b.first; lasts := lasts || (at_serial - 1);
            places := places || source; patterns := patterns || b.id;
        END IF;
        WHILE at_serial <= least(b.last, high) AND missing > 0 LOOP
            until := least(b.last, high, at_serial + due - 1);
            firsts := firsts || at_serial; lasts := lasts || until;
            places := places || accounts[target]; patterns := patterns || b.id;
            missing := missing - (until - at_serial + 1);
            due := due - (until - at_serial + 1);
            at_serial := until + 1;
            IF due = 0 AND missing > 0 THEN
                target := target + 1;
                due := amounts[target];
            END IF;
        END LOOP;
        IF at_serial <= b.last THEN
            firsts := firsts || at_serial; lasts := lasts || b.last;
            places := places || source; patterns := patterns || b.id;
        END IF;
        EXIT WHEN missing = 0;
    END LOOP;
    IF missing > 0 THEN
        RETURN jsonb_build_object('outcome', 'too_few', 'available', wanted - missing);
    END IF;

    new_entry := registry_write_entry(asked, asked->>'kind', '', wanted, gross);
    UPDATE registry_block SET spent_by_id = new_entry WHERE id = ANY (spent);
    INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period, project_number,
                                lulucf, track, expires_on, account_id, born_by_id)
    SELECT p.party, born.first, born.last, p.unit_type, p.original_period, p.applicable_period, p.project_number,
           p.lulucf, p.track, p.expires_on, born.place, new_entry
    FROM unnest(firsts, lasts, places, patterns) AS born (first, last, place, pattern)
    JOIN registry_block p ON p.id = born.pattern;
    RETURN jsonb_build_object('outcome', 'done', 'entry', new_entry, 'gross_units', gross);
END $$;

-- Bear one block like another, for some of its serials.
CREATE OR REPLACE FUNCTION registry_bear(asked jsonb, low bigint, high bigint, place bigint, entry bigint)
RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period, project_number,
                                lulucf, track, expires_on, account_id, born_by_id)
    VALUES (asked->>'party', low, high, (asked->>'unit_type')::int, (asked->>'period')::int,
            (asked->>'period')::int, (asked->>'project_number')::int, (asked->>'lulucf')::int, 0,
            (asked->>'expires_on')::date, place, entry)
    RETURNING id
$$;

-- Issue the next serials of a Party into the pending account, move the share of proceeds out of it, and forward
-- what is asked for: Article 66's order, an entry for each.
CREATE OR REPLACE FUNCTION registry_issue(asked jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    host text := asked->>'party';
    quantity bigint := (asked->>'quantity')::bigint;
    share bigint := (asked->>'share_units')::bigint;
    standing bigint;
    pending bigint;
    adaptation bigint;
    refusal jsonb;
    low bigint;
    high bigint;
    entry bigint;
    share_entry bigint;
    issuance bigint;
    block bigint;
    forwarded bigint;
BEGIN
    standing := registry_lock_counter(host);
    refusal := registry_done_before(asked);
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;
    SELECT max(id) FILTER (WHERE type = 'pending'), max(id) FILTER (WHERE type = 'adaptation_share')
    INTO pending, adaptation FROM registry_account WHERE type IN ('pending', 'adaptation_share');
    IF pending IS NULL OR adaptation IS NULL THEN
        RETURN jsonb_build_object('outcome', 'no_account');
    END IF;
    refusal := registry_hold_accounts(
        ARRAY[pending, adaptation] || ARRAY(SELECT (t->>0)::bigint FROM jsonb_array_elements(asked->'targets') t));
    IF refusal IS NULL AND asked->>'correction' = '' THEN
        SELECT jsonb_build_object('outcome', 'overlaps', 'start', i.monitoring_start, 'end', i.monitoring_end)
        INTO refusal FROM registry_issuance i
        WHERE i.party = host AND i.project_number = (asked->>'project_number')::int
          AND i.monitoring_start <= (asked->>'monitoring_end')::date
          AND i.monitoring_end >= (asked->>'monitoring_start')::date
        LIMIT 1;
    END IF;
    IF refusal IS NULL AND EXISTS (
        SELECT FROM registry_issuance i WHERE i.request_reference = asked->>'request_reference'
           AND i.party = host AND i.commitment_period = (asked->>'period')::int) THEN
        refusal := jsonb_build_object('outcome', 'issued_before');
    END IF;
    IF refusal IS NULL AND standing + quantity > 999999999999999 THEN
        refusal := jsonb_build_object('outcome', 'no_serials');
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;

    -- The units, into the pending account.
    low := standing + 1;
    high := standing + quantity;
    UPDATE registry_partycounter SET last_serial = high WHERE party = host;
    entry := registry_write_entry(asked, 'issuance', '', quantity, quantity);
    INSERT INTO registry_issuance (entry_id, party, project_number, unit_type, commitment_period, first, last,
                                   monitoring_start, monitoring_end, request_reference, correction)
    VALUES (entry, host, (asked->>'project_number')::int, (asked->>'unit_type')::int, (asked->>'period')::int,
            low, high, (asked->>'monitoring_start')::date, (asked->>'monitoring_end')::date,
            asked->>'request_reference', asked->>'correction')
    RETURNING id INTO issuance;
    block := registry_bear(asked, low, high, pending, entry);

    -- The share of proceeds, lowest serials first, to the adaptation account.
    IF share > 0 THEN
        share_entry := registry_write_entry(asked, 'adaptation_share', ':share', share, quantity);
        UPDATE registry_block SET spent_by_id = share_entry WHERE id = block;
        PERFORM registry_bear(asked, low, low + share - 1, adaptation, share_entry);
        IF share < quantity THEN
            block := registry_bear(asked, low + share, high, pending, share_entry);
        END IF;
    END IF;
    INSERT INTO registry_deduction (issuance_id, entry_id, rate_percent, units, first, last, rule, exemption)
    VALUES (issuance, share_entry, (asked->>'rate_percent')::numeric, share,
            CASE WHEN share > 0 THEN low END, CASE WHEN share > 0 THEN low + share - 1 END,
            asked->>'rule', asked->>'exemption');

    -- The rest, or a part of it, to those who are named.
    IF jsonb_array_length(asked->'targets') > 0 THEN
        SELECT sum((t->>1)::bigint) INTO forwarded FROM jsonb_array_elements(asked->'targets') t;
        share_entry := registry_write_entry(asked, 'forwarding', ':forward', forwarded, quantity - share);
        UPDATE registry_block SET spent_by_id = share_entry WHERE id = block;
        INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period,
                                    project_number, lulucf, track, expires_on, account_id, born_by_id)
        SELECT host, low + share + run.before, low + share + run.before + run.units - 1,
               (asked->>'unit_type')::int, (asked->>'period')::int, (asked->>'period')::int,
               (asked->>'project_number')::int, (asked->>'lulucf')::int, 0, (asked->>'expires_on')::date,
               run.account, share_entry
        FROM (SELECT (t->>0)::bigint AS account, (t->>1)::bigint AS units,
                     coalesce(sum((t->>1)::bigint) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING
                                                         AND 1 PRECEDING), 0)::bigint AS before
              FROM jsonb_array_elements(asked->'targets') WITH ORDINALITY AS x (t, n)
              UNION ALL
              SELECT pending, quantity - share - forwarded, forwarded) AS run
        WHERE run.units > 0;
    END IF;
    RETURN jsonb_build_object('outcome', 'done', 'entry', entry, 'issuance', issuance, 'first', low);
END $$;

-- Many at once, in the order given, with the locks of all taken first and in the one order.
CREATE OR REPLACE FUNCTION registry_issue_many(rows jsonb) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE
    asked jsonb;
BEGIN
    PERFORM registry_lock_counter(party)
    FROM (SELECT DISTINCT r->>'party' AS party FROM jsonb_array_elements(rows) r ORDER BY 1) AS parties;
    FOR asked IN SELECT r FROM jsonb_array_elements(rows) r LOOP
        RETURN NEXT registry_issue(asked);
    END LOOP;
END $$;

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
    refusal := coalesce(registry_done_before(asked), registry_hold_accounts(ARRAY[place]));
    IF refusal IS NULL AND EXISTS (
        SELECT FROM registry_block
        WHERE spent_by_id IS NULL AND int8range(registry_place(party, first), registry_place(party, last), '[]')
              && int8range(registry_place(asked->>'party', (asked->>'first')::bigint),
                           registry_place(asked->>'party', (asked->>'last')::bigint), '[]')) THEN
        refusal := jsonb_build_object('outcome', 'here_already');
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;
    entry := registry_write_entry(asked, asked->>'kind', '', units, units);
    INSERT INTO registry_block (party, first, last, unit_type, original_period, applicable_period, project_number,
                                lulucf, track, expires_on, account_id, born_by_id)
    VALUES (asked->>'party', (asked->>'first')::bigint, (asked->>'last')::bigint, (asked->>'unit_type')::int,
            (asked->>'original_period')::int, (asked->>'period')::int, (asked->>'project_number')::int,
            (asked->>'lulucf')::int, (asked->>'track')::int, (asked->>'expires_on')::date, place, entry);
    RETURN jsonb_build_object('outcome', 'done', 'entry', entry, 'gross_units', units);
END $$;
