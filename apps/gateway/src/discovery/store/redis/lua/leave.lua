-- Removes this gateway from the active ones: its instances send their heartbeats to another gateway from now on, and no
-- lease is extended for this one.
call('ZREM', keys.gateways, gateway)
