-- Appends events to the stream of a source if it ends where the sender expects. KEYS: the stream, and the set of
-- sources. ARGV: the source, the expected last sequence, and for each event its sequence and its JSON. Returns the last
-- sequence before the call.
local stream, sources = KEYS[1], KEYS[2]
local last = last_sequence(stream)
if last ~= ARGV[2] then return last end
for i = 3, #ARGV, 2 do redis.call('XADD', stream, ARGV[i] .. '-0', 'event', ARGV[i + 1]) end
redis.call('SADD', sources, ARGV[1])
return last
