-- Returns the sequence of the last event of a source. KEYS: the stream.
return last_sequence(KEYS[1])
