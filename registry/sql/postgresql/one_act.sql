-- A proposal and its approval, each read by one statement and written by another (registry/movements/at_once.py).
-- What is asked comes as one object. These functions decide nothing: the checks are asked by the program of what they
-- read, and what must not be is refused by the walls, by registry_move_units, and by the look at the state below. The two
-- that read ask for generic plans that go by the indexes, for themselves and for those they call.

-- Who acts for an account at an instant, in the order in which they were named.
CREATE OR REPLACE FUNCTION registry_acting(account bigint, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(r.user_id ORDER BY r.id), '[]') FROM registry_accountrepresentative r
            WHERE r.account_id = account AND r.from_at <= at AND (r.until_at IS NULL OR r.until_at > at));
END $$;

-- How persons and accounts stand to each other; the user `other` proposed, where one proposed already.
CREATE OR REPLACE FUNCTION registry_standing(source bigint, target bigint, other bigint, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN jsonb_build_object(
        'source', registry_acting(source, at),
        'target', CASE WHEN target IS NULL THEN '[]' ELSE registry_acting(target, at) END,
        'trusts', EXISTS (SELECT FROM registry_trustedaccount t
                          WHERE t.account_id = source AND t.trusted_id = target
                            AND t.from_at <= at AND (t.until_at IS NULL OR t.until_at > at)),
        'has_lapsed', EXISTS (SELECT FROM registry_movement m
                              WHERE m.state = 'awaiting_approval' AND m.reserved_until <= at AND m.source_id = source),
        'may_act', (SELECT u.is_active FROM {users} u WHERE u.id = other));
END $$;

-- The first blocks of each line that names an amount, in the order in which they are taken, until they hold it: at most
-- `most`. Null for a line that names its serials, which the program looks for otherwise.
CREATE OR REPLACE FUNCTION registry_first_blocks(source bigint, held_for bigint, lines jsonb, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    answer jsonb := '[]';
    line jsonb;
    blocks jsonb;
    units bigint;
    taken int;
    b record;
    walk CURSOR FOR
        SELECT first, last, expires_on FROM registry_block
        WHERE account_id = source AND party = line->>'party'
          AND project_number = (line->>'project_number')::int AND unit_type = (line->>'unit_type')::int
          AND applicable_period = (line->>'period')::int AND reserved_for = held_for AND spent_by_id IS NULL
        ORDER BY first;
BEGIN
    FOR line IN SELECT jsonb_array_elements(lines) LOOP
        blocks := NULL;
        IF line->>'first' IS NULL THEN
            blocks := '[]';
            units := 0;
            taken := 0;
            OPEN walk;
            WHILE taken < most AND units < (line->>'quantity')::bigint LOOP
                FETCH walk INTO b;          -- one by one: a FOR loop reads ten ahead
                EXIT WHEN NOT FOUND;
                blocks := blocks || jsonb_build_array(jsonb_build_array(b.first, b.last, b.expires_on));
                units := units + b.last - b.first + 1;
                taken := taken + 1;
            END LOOP;
            CLOSE walk;
        END IF;
        answer := answer || jsonb_build_array(blocks);
    END LOOP;
    RETURN answer;
END $$;

-- What a proposal has to know: the accounts by their keys, and the one of the type `own`; and with a key, by which it
-- is to be kept, the number it will have.
CREATE OR REPLACE FUNCTION registry_before_proposal(asked jsonb) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    source registry_account;
    target registry_account;
    own registry_account;
BEGIN
    SELECT * INTO source FROM registry_account a WHERE a.id = (asked->>'source')::bigint;
    SELECT * INTO target FROM registry_account a WHERE a.id = (asked->>'target')::bigint;
    IF asked->>'own' IS NOT NULL THEN
        SELECT * INTO own FROM registry_account a WHERE a.type = asked->>'own';
    END IF;
    RETURN jsonb_build_object(
        'number', CASE WHEN asked->>'key' <> '' THEN nextval('registry_movement_id_seq') END,
        'source', to_jsonb(source), 'own', to_jsonb(own), 'lines', asked->'lines',
        'target', to_jsonb(CASE WHEN target.id IS NULL THEN own ELSE target END),
        'is_key_used', EXISTS (SELECT FROM registry_movement m WHERE m.key = asked->>'key'),
        'standing', registry_standing(source.id, coalesce(target.id, own.id), NULL, (asked->>'at')::timestamptz),
        'blocks', registry_first_blocks(source.id, 0, asked->'lines', (asked->>'most')::int));
END $$;

-- What a decision has to know: the movement with its lines and accounts, and how they stand. Null where there is none.
CREATE OR REPLACE FUNCTION registry_before_decision(asked jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    m registry_movement;
    source registry_account;
    target registry_account;
    lines jsonb;
BEGIN
    SELECT * INTO m FROM registry_movement WHERE id = (asked->>'movement')::bigint;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO source FROM registry_account a WHERE a.id = m.source_id;
    SELECT * INTO target FROM registry_account a WHERE a.id = m.target_id;
    SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.id), '[]') INTO lines
    FROM registry_movementline l WHERE l.movement_id = m.id;
    RETURN jsonb_build_object(
        'movement', to_jsonb(m), 'source', to_jsonb(source), 'target', to_jsonb(target), 'lines', lines,
        'standing', registry_standing(source.id, target.id, m.proposed_by_id, (asked->>'at')::timestamptz),
        'blocks', registry_first_blocks(source.id, m.id, lines, (asked->>'most')::int));
END $$;

-- Move what a proposal or a decision asks of the book; the numbers of the entries. All of it is undone where the book
-- refuses, with what it said.
CREATE OR REPLACE FUNCTION registry_moves(moves jsonb) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    wanted jsonb;
    outcome jsonb;
    entries bigint[] := '{}';
BEGIN
    FOR wanted IN SELECT jsonb_array_elements(moves) LOOP
        -- as registry_move does, for the one account to which the units of a line go
        outcome := registry_move_units(
            (wanted->>'source')::bigint, wanted->>'party', (wanted->>'project_number')::int,
            (wanted->>'unit_type')::int, (wanted->>'period')::int, coalesce((wanted->>'first')::bigint, 1),
            coalesce((wanted->>'last')::bigint, 999999999999999), ARRAY[(wanted->'targets'->0->>0)::bigint],
            ARRAY[(wanted->'targets'->0->>1)::bigint], coalesce((wanted->>'from')::bigint, 0),
            coalesce((wanted->>'for')::bigint, 0), NULL, wanted->>'kind', wanted->>'key', wanted->>'content',
            (wanted->>'by')::bigint, (wanted->>'at')::timestamptz, wanted->>'reason', (wanted->>'movement')::bigint);
        IF outcome->>'outcome' <> 'done' THEN
            RAISE EXCEPTION 'The book refused: %', outcome USING ERRCODE = 'RB001',
                DETAIL = outcome || jsonb_build_object('place', cardinality(entries));
        END IF;
        entries := entries || (outcome->>'entry')::bigint;
    END LOOP;
    RETURN entries;
END $$;

-- Keep what the checks said of a movement, each a number, an outcome and a sentence, and the steps it has gone. Both in
-- the order given: the rows are numbered as they are written.
CREATE OR REPLACE FUNCTION registry_note_steps(movement bigint, asked jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    happened timestamptz := (asked->>'at')::timestamptz;
BEGIN
    INSERT INTO registry_movementcheck (movement_id, stage, at, number, outcome, sentence)
    SELECT movement, asked->>'stage', happened, (c->>0)::int, c->>1, c->>2 FROM jsonb_array_elements(asked->'checks') c;
    INSERT INTO registry_movementrecord (movement_id, source, target, by_id, at, reason)
    SELECT movement, s->>0, s->>1, (asked->>'by')::bigint, happened, asked->>'reason'
    FROM jsonb_array_elements(asked->'steps') s;
END $$;

-- Keep a proposal with its lines, checks and steps, and reserve its units.
CREATE OR REPLACE FUNCTION registry_propose(asked jsonb) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    m registry_movement := jsonb_populate_record(NULL::registry_movement, asked->'movement');
BEGIN
    INSERT INTO registry_movement SELECT m.*;
    INSERT INTO registry_movementline (movement_id, party, project_number, unit_type, period, quantity, first, last,
                                       original_period, lulucf, track, expires_on)
    SELECT m.id, party, project_number, unit_type, period, quantity, first, last, original_period, lulucf, track,
           expires_on
    FROM jsonb_populate_recordset(NULL::registry_movementline, asked->'lines');
    PERFORM registry_note_steps(m.id, asked);
    RETURN registry_moves(asked->'moves');
END $$;

-- Complete a movement that still awaits its approval: move its units, and keep who decided, what the checks said and
-- the step. Its row is locked first, so that of two who decide at once the second finds it decided.
CREATE OR REPLACE FUNCTION registry_approve(asked jsonb) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    movement bigint := (asked->>'movement')::bigint;
    entries bigint[];
BEGIN
    PERFORM FROM registry_movement m WHERE m.id = movement AND m.state = 'awaiting_approval' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The movement has ended.' USING ERRCODE = 'RB001', DETAIL = '{"outcome": "ended"}';
    END IF;
    entries := registry_moves(asked->'moves');
    UPDATE registry_movement m SET state = 'completed', decided_by_id = (asked->>'by')::bigint,
        decided_at = (asked->>'at')::timestamptz, decision = asked->>'reason' WHERE m.id = movement;
    PERFORM registry_note_steps(movement, asked);
    RETURN entries;
END $$;

-- A text with the numbers of the entries in their places: “{entry:1}” becomes the number of the first.
CREATE OR REPLACE FUNCTION registry_numbered(words text, entries bigint[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    FOR n IN 1 .. cardinality(entries) LOOP
        words := replace(words, '{entry:' || n || '}', entries[n]::text);
    END LOOP;
    RETURN words;
END $$;
