-- Returns the epoch and the newest change.
return { call('HGET', keys.state, 'epoch'), call('HGET', keys.state, 'change') }
