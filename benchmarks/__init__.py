"""Our speed beside that of named peers: `make bench`. Each case is one task that both do, with the same outcome checked."""
