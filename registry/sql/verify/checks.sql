-- What must be true of the book, each as a query that finds rows for which it is not. One text for both databases.
-- A check is: a line "-- name: CODE sentence", and a query; its first row is shown with the sentence. No LIMIT: it
-- would have PostgreSQL plan for finding one row soon, and of a true book there is none to find.

-- name: I1.serials The serials of a Party follow each other from 1 without a gap.
SELECT party, first, expected FROM (
    SELECT party, first, 1 + lag(last, 1, 0) OVER (PARTITION BY party ORDER BY first) AS expected
    FROM registry_issuance) AS run
WHERE first <> expected
ORDER BY party, first

-- name: I1.counter The counter of a Party stands at the sum of its issuances.
SELECT c.party, c.last_serial, coalesce(i.units, 0) AS issued
FROM registry_partycounter c
LEFT JOIN (SELECT party, sum(last - first + 1) AS units FROM registry_issuance GROUP BY party) AS i
  ON i.party = c.party
WHERE c.last_serial <> coalesce(i.units, 0)
ORDER BY 1

-- name: I2 No serial lies in two live blocks.
SELECT party, first, last, reached FROM (
    SELECT party, first, last, max(last) OVER (PARTITION BY party ORDER BY first, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM registry_block WHERE spent_by_id IS NULL) AS run
WHERE first <= reached
ORDER BY party, first

-- name: I3 Every serial issued lies in exactly one account.
SELECT c.party, c.last_serial, coalesce(sum(b.last - b.first + 1), 0) AS live_units
FROM registry_partycounter c
LEFT JOIN registry_block b ON b.party = c.party AND b.spent_by_id IS NULL AND b.last <= c.last_serial
GROUP BY c.party, c.last_serial
HAVING c.last_serial <> coalesce(sum(b.last - b.first + 1), 0)
ORDER BY 1

-- name: I4 Per project, type and period: issued or arrived is what lies in all accounts together.
SELECT party, project_number, unit_type, period, sum(units) AS difference FROM (
    SELECT party, project_number, unit_type, commitment_period AS period, last - first + 1 AS units
    FROM registry_issuance
    UNION ALL
    SELECT b.party, b.project_number, b.unit_type, b.applicable_period, b.last - b.first + 1
    FROM registry_entry e JOIN registry_block b ON b.born_by_id = e.id WHERE e.kind = 'arrival'
    UNION ALL
    -- what a conversion or a carry-over made of units, and what they were before
    SELECT b.party, b.project_number, b.unit_type, b.applicable_period, b.last - b.first + 1
    FROM registry_entry e JOIN registry_block b ON b.born_by_id = e.id WHERE e.kind IN ('conversion', 'carry_over')
    UNION ALL
    SELECT b.party, b.project_number, b.unit_type, b.applicable_period, -(b.last - b.first + 1)
    FROM registry_entry e JOIN registry_block b ON b.spent_by_id = e.id WHERE e.kind IN ('conversion', 'carry_over')
    UNION ALL
    SELECT party, project_number, unit_type, applicable_period, -(last - first + 1)
    FROM registry_block WHERE spent_by_id IS NULL) AS sides
GROUP BY party, project_number, unit_type, period
HAVING sum(units) <> 0
ORDER BY 1, 2, 3, 4

-- name: I5 Each block lies inside one issuance of its own project, type and period, or came from elsewhere.
WITH arrived AS MATERIALIZED (
    SELECT a.party, a.first, a.last, a.unit_type, a.project_number
    FROM registry_entry e JOIN registry_block a ON a.born_by_id = e.id WHERE e.kind = 'arrival')
SELECT b.id, b.party, b.first, b.last
FROM (
    -- The issuance that starts last before the block does; sorted once, not looked for block by block.
    SELECT id, max(issued) OVER (PARTITION BY party ORDER BY first, is_block
                                 ROWS UNBOUNDED PRECEDING) AS issued
    FROM (SELECT 0 AS is_block, NULL AS id, party, first, first AS issued FROM registry_issuance
          UNION ALL SELECT 1, id, party, first, NULL FROM registry_block) AS run) AS near
JOIN registry_block b ON b.id = near.id
LEFT JOIN registry_issuance i ON i.party = b.party AND i.first = near.issued
WHERE (i.id IS NULL OR b.last > i.last OR b.unit_type <> i.unit_type OR b.project_number <> i.project_number
       OR b.original_period <> i.commitment_period)
  AND NOT EXISTS (
    SELECT 1 FROM arrived a
    WHERE a.party = b.party AND a.first <= b.first AND a.last >= b.last
      AND (a.unit_type = b.unit_type AND a.project_number = b.project_number
           OR a.unit_type IN (1, 2) AND b.unit_type = a.unit_type + 2 AND a.project_number = 0))
ORDER BY b.id

-- name: I6 An issuance, its entry and the block it bore in the pending account say the same.
SELECT i.id, i.party, i.first, i.last, e.units
FROM registry_issuance i
JOIN registry_entry e ON e.id = i.entry_id
LEFT JOIN registry_block b ON b.born_by_id = e.id
LEFT JOIN registry_account a ON a.id = b.account_id
WHERE e.kind <> 'issuance' OR e.units <> i.last - i.first + 1 OR b.id IS NULL OR a.type <> 'pending'
   OR b.party <> i.party OR b.first <> i.first OR b.last <> i.last
ORDER BY i.id

-- name: I6.entries Every issuing entry has its issuance.
SELECT e.id, e.units FROM registry_entry e
WHERE e.kind = 'issuance' AND NOT EXISTS (SELECT 1 FROM registry_issuance i WHERE i.entry_id = e.id)
ORDER BY e.id

-- name: I7 The deduction of each block is its rate, nearest whole unit, an exact half to the participants, from the first serial.
SELECT i.id, i.party, i.first, i.last, d.rate_percent, d.units
FROM registry_issuance i
LEFT JOIN registry_deduction d ON d.issuance_id = i.id
WHERE d.id IS NULL OR (d.exemption <> '' AND d.units <> 0) OR d.first <> i.first OR d.last > i.last
   OR d.last - d.first + 1 <> d.units
   OR (d.exemption = '' AND d.units <>
       (CAST(round(d.rate_percent * 100) AS bigint) * (i.last - i.first + 1) + 4999) / 10000)
ORDER BY i.id

-- name: I7.moved The deducted serials went to the adaptation account.
SELECT d.id, d.first, d.last
FROM registry_deduction d
JOIN registry_issuance i ON i.id = d.issuance_id
LEFT JOIN registry_block b ON b.born_by_id = d.entry_id AND b.party = i.party AND b.first = d.first AND b.last = d.last
LEFT JOIN registry_account a ON a.id = b.account_id
WHERE d.units > 0 AND (a.id IS NULL OR a.type <> 'adaptation_share')
ORDER BY d.id

-- name: I8 Every entry bears as many units as it spends, and as it names.
SELECT e.id, e.kind, e.gross_units, coalesce(b.units, 0) AS born, coalesce(s.units, 0) AS spent
FROM registry_entry e
LEFT JOIN (SELECT born_by_id, sum(last - first + 1) AS units FROM registry_block GROUP BY born_by_id) AS b
  ON b.born_by_id = e.id
LEFT JOIN (SELECT spent_by_id, sum(last - first + 1) AS units FROM registry_block
           WHERE spent_by_id IS NOT NULL GROUP BY spent_by_id) AS s ON s.spent_by_id = e.id
WHERE coalesce(b.units, 0) <> e.gross_units
   OR coalesce(s.units, 0) <> CASE WHEN e.kind IN ('issuance', 'arrival') THEN 0 ELSE e.gross_units END
ORDER BY e.id

-- name: I8.moved What an entry says it moved is what accounts gained by it.
SELECT e.id, e.kind, e.units, coalesce(moved.units, 0) AS gained
FROM registry_entry e
LEFT JOIN (
    SELECT entry_id, sum(gain) AS units FROM (
        SELECT entry_id, account_id, sum(units) AS gain FROM (
            SELECT born_by_id AS entry_id, account_id, last - first + 1 AS units FROM registry_block
            UNION ALL
            SELECT spent_by_id, account_id, -(last - first + 1) FROM registry_block
            WHERE spent_by_id IS NOT NULL) AS legs
        GROUP BY entry_id, account_id) AS accounts
    WHERE gain > 0 GROUP BY entry_id) AS moved ON moved.entry_id = e.id
WHERE e.units <> coalesce(moved.units, 0)
  -- by these, units stay in their account
  AND e.kind NOT IN ('reservation', 'release', 'conversion', 'carry_over', 'expiry_date_change')
ORDER BY e.id

-- name: I9 Units are reserved for a movement that awaits approval, and just as many as it names.
SELECT m.id, m.state, m.units, coalesce(sum(b.last - b.first + 1), 0) AS reserved
FROM registry_movement m
LEFT JOIN registry_block b ON b.reserved_for = m.id AND b.reserved_for > 0 AND b.spent_by_id IS NULL
GROUP BY m.id, m.state, m.units, m.source_id
HAVING coalesce(sum(b.last - b.first + 1), 0) <>
       CASE WHEN m.state = 'awaiting_approval' AND m.source_id IS NOT NULL THEN m.units ELSE 0 END
ORDER BY m.id

-- name: I9.unknown No units are reserved for a movement that does not exist.
SELECT b.id, b.party, b.first, b.last, b.reserved_for
FROM registry_block b LEFT JOIN registry_movement m ON m.id = b.reserved_for
WHERE b.reserved_for > 0 AND b.spent_by_id IS NULL AND m.id IS NULL
ORDER BY b.id

-- name: I10 The record of a movement is one way from its proposal to the state it is in.
SELECT movement, state, source, expected FROM (
    SELECT m.id AS movement, m.state, r.source, r.target,
           lag(r.target, 1, 'proposed') OVER (PARTITION BY m.id ORDER BY r.id) AS expected,
           row_number() OVER (PARTITION BY m.id ORDER BY r.id DESC) AS from_the_end
    FROM registry_movement m LEFT JOIN registry_movementrecord r ON r.movement_id = m.id) AS way
WHERE source IS NULL OR source <> expected OR (from_the_end = 1 AND target <> state)
ORDER BY movement

-- name: I11 A movement was approved by another person than who proposed it, and has moved what it names.
SELECT m.id, m.proposed_by_id, m.decided_by_id, m.units, e.units AS moved
FROM registry_movement m
LEFT JOIN (
    SELECT e.movement_id, sum(e.units) AS units
    FROM registry_entry e JOIN registry_movement x ON x.id = e.movement_id
    WHERE e.kind NOT IN ('reservation', 'release') AND NOT (e.kind = 'adaptation_share' AND x.kind = 'reissue')
    GROUP BY e.movement_id) AS e ON e.movement_id = m.id
WHERE (m.state = 'completed' AND (m.decided_by_id IS NULL OR m.decided_by_id = m.proposed_by_id
                                  OR m.units <> coalesce(e.units, 0)))
   OR (m.state <> 'completed' AND e.units IS NOT NULL)
ORDER BY m.id

-- name: I13 No block is spent before it was born.
SELECT b.id, b.born_by_id, b.spent_by_id
FROM registry_block b JOIN registry_entry x ON x.id = b.born_by_id JOIN registry_entry s ON s.id = b.spent_by_id
WHERE s.id <= x.id OR s.at < x.at
ORDER BY b.id

-- name: I15 tCERs and lCERs have an expiry date, other units have none.
SELECT id, party, first, last, unit_type, expires_on FROM registry_block
WHERE (unit_type IN (6, 7)) <> (expires_on IS NOT NULL)
ORDER BY id

-- name: I16 One entry moves units of one type and one applicable period.
SELECT entry, min(unit_type) AS unit_type, max(unit_type) AS other_type FROM (
    SELECT b.born_by_id AS entry, b.unit_type, b.applicable_period
    FROM registry_block b JOIN registry_entry e ON e.id = b.born_by_id
    -- these bear what was asked for as another kind, and the rest of a cut block as it was
    WHERE e.kind NOT IN ('conversion', 'carry_over')
    UNION ALL
    SELECT b.spent_by_id, b.unit_type, b.applicable_period
    FROM registry_block b JOIN registry_entry e ON e.id = b.spent_by_id
    WHERE e.kind IN ('conversion', 'carry_over')) AS kinds
GROUP BY entry
HAVING min(unit_type) <> max(unit_type) OR min(applicable_period) <> max(applicable_period)
ORDER BY 1

-- name: final Nothing ever left a cancellation, retirement or replacement account.
SELECT b.id, b.party, b.first, b.last, a.type
FROM registry_block b JOIN registry_account a ON a.id = b.account_id
WHERE b.spent_by_id IS NOT NULL AND a.type IN ({final_accounts})
ORDER BY b.id

-- name: closed A closed account is empty.
SELECT a.id, a.holder, sum(b.last - b.first + 1) AS units
FROM registry_account a JOIN registry_block b ON b.account_id = a.id
WHERE a.state = 'closed' AND b.spent_by_id IS NULL
GROUP BY a.id, a.holder
ORDER BY a.id

-- name: there What a block, an issuance or a deduction refers to is in the book.
SELECT 'block' AS what, b.id
FROM registry_block b
LEFT JOIN registry_account a ON a.id = b.account_id
LEFT JOIN registry_entry born ON born.id = b.born_by_id
LEFT JOIN registry_entry spent ON spent.id = b.spent_by_id
WHERE a.id IS NULL OR born.id IS NULL OR (b.spent_by_id IS NOT NULL AND spent.id IS NULL)
UNION ALL
SELECT 'issuance', i.id FROM registry_issuance i LEFT JOIN registry_entry e ON e.id = i.entry_id WHERE e.id IS NULL
UNION ALL
SELECT 'deduction', d.id
FROM registry_deduction d
LEFT JOIN registry_issuance i ON i.id = d.issuance_id
LEFT JOIN registry_entry e ON e.id = d.entry_id
WHERE i.id IS NULL OR (d.entry_id IS NOT NULL AND e.id IS NULL)
ORDER BY 1, 2
